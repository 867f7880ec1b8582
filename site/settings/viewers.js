// Whose eyes the sandbox looks through. Under `make run` anybody's; else the owner's own.

import { answered } from "./api.js";
import { field, h } from "./elements.js";
import { nameOf } from "./session.js";

/** `{element, api}`: `api()` promises the API with the chosen viewer's session. */
export function viewerChoice({ api, as, config, session, organization }, changed) {
  const { local } = config;
  if (!local) {
    const note = h("p", { class: "hint" }, `The session is your own, as ${nameOf(session)}: its claims fill the locked variables.`);
    return { element: note, api: async () => api };
  }
  const viewers = local.viewers.filter((each) => each.organization === organization);
  const select = h("select", {}, [
    ...viewers.map(({ name }, at) => h("option", { value: String(at) }, name)),
    h("option", { value: "own" }, `Yourself, ${nameOf(session)}`),
  ]);
  const claims = h("textarea", { rows: 4, spellcheck: "false", autocomplete: "off" });
  const chosen = () => (select.value === "own" ? null : viewers[Number(select.value)]);
  const claimsField = field("Claims of the session", claims, "The local issuer signs whatever claims it is asked for.");
  const fill = () => {
    claimsField.hidden = chosen() === null;
    claims.value = JSON.stringify(chosen()?.claims ?? {}, null, 2);
  };
  select.addEventListener("change", () => { fill(); changed(); });
  claims.addEventListener("change", changed);
  fill();
  const element = h("div", {}, field("Viewer", select), claimsField);
  return {
    element,
    api: async () => {
      if (!chosen()) return api;
      const named = { [config.organization_claim]: organization };
      const { token } = await answered(local.session, { method: "POST", body: JSON.stringify({ ...readClaims(claims.value), ...named }) });
      return as(token);
    },
  };
}

function readClaims(text) {
  try {
    const claims = JSON.parse(text);
    if (claims !== null && typeof claims === "object" && !Array.isArray(claims)) return claims;
  } catch {
    // said below
  }
  throw Object.assign(new Error("claims"), { problem: { title: "The claims must be a JSON object" } });
}
