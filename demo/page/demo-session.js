// Who is signed in. A site has this already: whatever gives it the visitor's session token.
//
// `make run` lets you be any airline. A site that is deployed with an issuer in its config.json signs in
// there, and may be nobody else.

const KEPT = "runway-session";
const DEFAULTS = { scope: "openid profile email", session_token: "id_token" };

// { name, getSession, signIn, signOut }, without a name while nobody is signed in. Fails with a sentence
// where a sign-in didn't work; the next call knows nothing of it.
export async function signedIn(config) {
  const { beginSignIn, finishSignIn, signOut } = await import("./settings/oidc.js");
  const issuer = { ...DEFAULTS, ...config };
  const found = await finishSignIn(issuer);
  if (found) sessionStorage.setItem(KEPT, JSON.stringify({ token: found.token, claims: found.claims }));
  const kept = JSON.parse(sessionStorage.getItem(KEPT));
  return {
    name: kept?.claims.name ?? kept?.claims.email ?? kept?.claims.sub,
    signIn: () => beginSignIn(issuer, ""),
    signOut() {
      sessionStorage.removeItem(KEPT);
      return signOut(issuer);
    },
    getSession({ expired }) {
      if (expired) sessionStorage.removeItem(KEPT);
      return expired ? null : kept?.token;
    },
  };
}

// A session of that airline, from the local issuer.
export function localSession(account, name) {
  let token = null;
  return async ({ expired }) => {
    if (expired || !token) token = await newToken({ sub: `demo@${account}`, name, "custom:acct_id": account });
    return token;
  };
}

async function newToken(claims) {
  const answer = await fetch("/local/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(claims),
  });
  if (!answer.ok) throw new Error(`The local issuer answered ${answer.status}`);
  return (await answer.json()).token;
}
