// The owner's session: kept for this tab, gone with it.

const KEPT = "clerestory-session";

/** `token` is sent to the API; `claims` say who it is, and are never relied on for more. */
export function keepSession({ token, claims }) {
  sessionStorage.setItem(KEPT, JSON.stringify({ token, claims }));
}

export function keptSession() {
  const text = sessionStorage.getItem(KEPT);
  return text ? JSON.parse(text) : null;
}

export function dropSession() {
  sessionStorage.removeItem(KEPT);
}

export function nameOf({ claims }) {
  return claims.name || claims.email || claims.sub || "somebody";
}

/** The organization that the session names, which is the only one that it can own; else config.json's. */
export function organizationOf({ claims }, config) {
  const named = claims[config.organization_claim] ?? config.organization;
  return named === null || named === undefined || named === "" ? null : String(named);
}
