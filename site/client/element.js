// <clerestory-dashboard>: a dashboard in a page of yours. docs/client.md says how to use it.

import { Apis } from "./apis.js";
import { canonical } from "./canonical.js";
import { Life } from "./life.js";
import { INVALID_ENV, NO_DASHBOARD, NO_PROVIDER, Refusal, UNKNOWN_API } from "./problems.js";
import { View } from "./view.js";

/**
 * @import { Env, GetSession, Minted, Mounted, Options } from "../clerestory.js"
 * @import { MintRequest } from "./mint.js"
 * @typedef {Record<"api" | "dashboard" | "lifetime" | "theme" | "titled" | "bordered", string | null>} Attributes
 */

const NAME = "clerestory-dashboard";
const REQUESTED = ["api", "dashboard", "lifetime"];
const LOOK = ["theme", "titled", "bordered"];
const PROPERTIES = [...REQUESTED, ...LOOK, "env", "getSession"];

const apis = new Apis(import.meta.url);
/** @type {GetSession | null} */
let sharedSession = null;
/** @type {Set<ClerestoryDashboard>} */
const connected = new Set();

// Names an API that sessions may go to. Each call adds one.
/** @param {{ readonly api: string }} options */
export function configure({ api }) {
  if (!apis.add(api)) throw new TypeError("api must be an http or https address");
  lookAgain();
}

// Gives the visitor's session to every element that has no getSession of its own.
/** @param {GetSession | null} getSession */
export function provideSession(getSession) {
  sharedSession = getSession;
  lookAgain();
}

function lookAgain() {
  // eslint-disable-next-line no-self-assign -- being set is what makes an element look
  for (const element of connected) element.getSession = element.getSession;
}

// Where a site's generator only reads the module there is no HTMLElement.
const Base = /** @type {new () => HTMLElement & Attributes} */ (globalThis.HTMLElement ?? Object);

export class ClerestoryDashboard extends Base {
  // An attribute's name has no capitals, so getSession is none.
  static observedAttributes = [...PROPERTIES, "title"];
  /** @type {View | undefined} */
  #view;
  /** @type {Life | null | undefined} */
  #life;
  /** @type {Env | null | undefined} */
  #env;
  /** @type {GetSession | null} */
  #getSession = null;
  /** @type {Minted | null} */
  #minted = null;
  /** @type {string | null | undefined} */
  #requested;
  #queued = false;

  // What POST /embeds answered last. Its `url` is a password while it lives.
  get minted() {
    return this.#minted;
  }

  /** @returns {Env | null} */
  get env() {
    return this.#env ?? readEnv(this.getAttribute("env"));
  }

  /** @param {Env | null | undefined} value */
  set env(value) {
    this.#env = JSON.parse(canonical(value ?? {}));
    this.#changed();
  }

  get getSession() {
    return this.#getSession;
  }

  set getSession(value) {
    this.#getSession = value;
    this.#changed();
  }

  refresh() {
    if (this.#requested) this.#life?.start("refresh");
  }

  /**
   * What to ask for, and of whom.
   * @returns {MintRequest}
   */
  request() {
    const { dashboard, lifetime, env } = this;
    const api = this.#api;
    if (!api) throw new Refusal(UNKNOWN_API);
    if (!env) throw new Refusal(INVALID_ENV);
    /** @type {{ dashboard: string | null, env?: Env, lifetime?: number }} */
    const body = { dashboard };
    if (Object.keys(env).length) body.env = env;
    if (lifetime) body.lifetime = Number(lifetime);
    /** @type {GetSession} */
    const getSession = this.#getSession ?? sharedSession ?? (() => {});
    return { url: `${api}embeds`, body: JSON.stringify(body), getSession };
  }

  /** @param {Minted} minted */
  show(minted) {
    this.#minted = minted;
    return !!this.#view?.show(minted.url, this.#look());
  }

  connectedCallback() {
    // What was set before the element was defined hides its own properties.
    for (const name of PROPERTIES.filter((each) => Object.hasOwn(this, each))) {
      const value = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
    this.#view ??= new View(this.attachShadow({ mode: "open" }));
    this.#life = new Life(this, this.#view);
    connected.add(this);
    this.#changed();
  }

  disconnectedCallback() {
    this.#life?.end();
    this.#life = this.#requested = this.#minted = null;
    connected.delete(this);
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} after
   */
  attributeChangedCallback(name, before, after) {
    if (before === after) return;
    if (name === "env") this.#env = null;
    if (name === "title" || LOOK.includes(name)) this.#view?.look(this.#look());
    else this.#changed();
  }

  // Several changes in a row are one. A change to equal values is none.
  #changed() {
    if (!this.#life || this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      if (this.#life) this.#update(this.#life);
    });
  }

  // The document's own baseURI can be hidden by markup.
  get #api() {
    return apis.find(this.api, this.baseURI);
  }

  /** @param {Life} life */
  #update(life) {
    const missing = this.dashboard ? !(this.#getSession ?? sharedSession) && NO_PROVIDER : NO_DASHBOARD;
    if (missing) {
      this.#requested = null;
      return life.expect(missing);
    }
    const wanted = canonical([this.#api, this.dashboard, this.lifetime, this.env]);
    if (wanted === this.#requested) return;
    const reason = this.#requested ? "env" : "first";
    this.#requested = wanted;
    life.start(reason);
  }

  #look() {
    const look = LOOK.filter((name) => this.hasAttribute(name)).map((name) => [name, this.getAttribute(name) || "true"]);
    return { title: this.title || String(this.#minted?.title), fragment: String(new URLSearchParams(look)) };
  }

  static {
    for (const name of [...REQUESTED, ...LOOK]) {
      Object.defineProperty(this.prototype, name, {
        get() {
          return this.getAttribute(name);
        },
        set(value) {
          if ((value ?? null) === null) this.removeAttribute(name);
          else this.setAttribute(name, value);
        },
      });
    }
  }
}

/**
 * @param {string | null} text
 * @returns {Env | null}
 */
function readEnv(text) {
  try {
    const env = JSON.parse(text ?? "{}");
    return env && typeof env === "object" && !Array.isArray(env) ? env : null;
  } catch {
    return null;
  }
}

if (globalThis.customElements && !customElements.get(NAME)) customElements.define(NAME, ClerestoryDashboard);

// The same without markup: update(env) and refresh() as often as you like, destroy() at the end.
/**
 * @param {Element} container
 * @param {Options} options
 * @returns {Mounted}
 */
export function mountDashboard(container, options) {
  const element = Object.assign(document.createElement(NAME), options);
  container.append(element);
  return {
    element,
    update(env) {
      element.env = env;
    },
    refresh: () => element.refresh(),
    destroy: () => element.remove(),
  };
}
