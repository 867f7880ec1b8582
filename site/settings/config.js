// What this page is told by the `config.json` beside it.

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
  let given;
  try {
    const response = await fetch(new URL("config.json", document.baseURI), { cache: "no-cache" });
    given = response.ok ? await response.json() : null;
  } catch {
    given = null;
  }
  if (given === null || typeof given !== "object") {
    throw new ConfigError("There is no readable config.json beside this page.");
  }
  for (const name of ["api", "issuer", "client_id"]) {
    if (typeof given[name] !== "string" || !given[name]) throw new ConfigError(`config.json needs "${name}".`);
  }
  if (given.session_token && !["id_token", "access_token"].includes(given.session_token)) {
    throw new ConfigError('"session_token" in config.json must be id_token or access_token.');
  }
  return { ...DEFAULTS, ...given, api: given.api.replace(/\/+$/, "") };
}
