// The APIs that the visitor's session may go to. Markup adds none: it may hold what a stranger wrote.

export class Apis {
  /** @type {Set<string>} */
  #known = new Set();

  // `client`: where the client was loaded from. An API's own copy of it tells where that API is; a bundle that
  // is no module knows nothing.
  /** @param {string} client */
  constructor(client) {
    const { pathname } = new URL(client || "x:");
    if (pathname.endsWith("/assets/clerestory.js")) this.add("..", client);
  }

  // Whether it can be one.
  /**
   * @param {string} address
   * @param {string} [base]
   */
  add(address, base) {
    const api = spelling(address, base);
    if (api) this.#known.add(api);
    return !!api;
  }

  // The one that an element names, or the only one. Nothing where the page's code names no such API.
  /**
   * @param {string | null} named
   * @param {string} base
   */
  find(named, base) {
    const [only, another] = this.#known;
    const api = named === null ? another ? "" : only : spelling(named, base);
    return this.#known.has(api) && api;
  }
}

// What the addresses of an API's routes begin with, written in one way.
/**
 * @param {string} address
 * @param {string} [base]
 */
function spelling(address, base) {
  try {
    const { href, origin, pathname } = new URL(address, base);
    // No credentials, query or fragment, and no scheme but the web's.
    if (/^https?:/.test(href) && href === origin + pathname) return href.replace(/\/?$/, "/");
  } catch {
    // No address at all.
  }
  return "";
}
