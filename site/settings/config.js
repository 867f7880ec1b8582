// What this page is told by the `config.json` beside it, or else by that of the site that it is part of.

/** `organization` is for sessions that name none themselves. `local` is there under `make run` only. */
const DEFAULTS = {
  organization: null,
  organization_claim: "custom:organization",
  scope: "openid profile email",
  session_token: "id_token",
  local: null,
};

export class ConfigError extends Error {}

export async function readConfig() {
  const given = (await readJson("config.json")) ?? (await readJson("../config.json"));
  if (given === null || typeof given !== "object") {
    throw new ConfigError("There is no readable config.json beside this page or one folder up.");
  }
  for (const name of ["api", "issuer", "client_id"]) {
    // An empty `api` is the page's own origin.
    if (typeof given[name] !== "string" || !(given[name] || name === "api")) throw new ConfigError(`config.json needs "${name}".`);
  }
  if (given.session_token && !["id_token", "access_token"].includes(given.session_token)) {
    throw new ConfigError('"session_token" in config.json must be id_token or access_token.');
  }
  return { ...DEFAULTS, ...given, api: given.api.replace(/\/+$/, "") };
}

async function readJson(path) {
  try {
    const response = await fetch(new URL(path, document.baseURI), { cache: "no-cache" });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
