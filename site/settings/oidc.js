// Signing in at an OpenID Connect issuer: the authorization code flow with PKCE, for a public client.
//
// The ID token comes straight from the issuer's token endpoint, over TLS, so its claims are checked and
// its signature is left to the API, which verifies it with every request (OpenID Connect Core 3.1.3.7).
// Why this is no library: docs/decisions.

import { readToken, toBase64Url } from "./encoding.js";

const PENDING = "clerestory-sign-in";
const LEEWAY = 300; // seconds that this computer's clock may be wrong by
const PARAMETERS = ["code", "state", "error", "error_description", "error_uri", "iss", "session_state"];

/** The sign-in didn't work. The message is a sentence for the person. */
export class SignInError extends Error {}

/** The issuer's own description. Throws SignInError. */
export async function discover(issuer) {
  const metadata = await fetchJson(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  if (metadata.issuer !== issuer) throw new SignInError("The issuer calls itself by another name than config.json.");
  for (const name of ["authorization_endpoint", "token_endpoint"]) {
    if (!isSafe(metadata[name])) throw new SignInError(`The issuer's ${name} is not an https URL.`);
  }
  return metadata;
}

/** Leaves for the issuer. `returnTo` is the part of this page to come back to. */
export async function beginSignIn(config, returnTo) {
  const { authorization_endpoint } = await discover(config.issuer);
  const pending = { state: random(), nonce: random(), verifier: random(), returnTo };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const challenge = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(pending.verifier));
  const url = new URL(authorization_endpoint);
  const query = {
    response_type: "code",
    client_id: config.client_id,
    redirect_uri: ownUrl(),
    scope: config.scope,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: toBase64Url(challenge),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  location.assign(url);
}

/** What the issuer has sent the browser back with, or null where it hasn't. Throws SignInError.
 * Takes the answer out of the address and the history: a code is used once. */
export async function finishSignIn(config) {
  const answer = new URLSearchParams(location.search);
  if (!answer.has("code") && !answer.has("error")) return null;
  const pending = takePending();
  history.replaceState(null, "", withoutAnswer());
  // Also for errors: whoever can make this browser open a URL must not be able to say what it shows.
  if (!pending || answer.get("state") !== pending.state) {
    throw new SignInError("This sign-in wasn't begun here, or has been finished already.");
  }
  if (answer.has("iss") && answer.get("iss") !== config.issuer) {
    throw new SignInError("The answer came from another issuer.");
  }
  if (answer.has("error")) throw new SignInError(answer.get("error_description") || answer.get("error"));
  const { token_endpoint, authorization_response_iss_parameter_supported: named } = await discover(config.issuer);
  if (named && !answer.has("iss")) throw new SignInError("The answer may have come from another issuer.");
  const tokens = await fetchJson(token_endpoint, {
    grant_type: "authorization_code",
    code: answer.get("code"),
    redirect_uri: ownUrl(),
    client_id: config.client_id,
    code_verifier: pending.verifier,
  });
  const claims = checkedClaims(tokens.id_token, config, pending.nonce, Date.now() / 1000);
  const token = tokens[config.session_token];
  if (typeof token !== "string") throw new SignInError(`The issuer gave no ${config.session_token}.`);
  return { token, claims, returnTo: pending.returnTo };
}

/** Signs out at the issuer, too, where it offers that. The ID token stays out of the URL. */
export async function signOut(config) {
  const { end_session_endpoint } = await discover(config.issuer).catch(() => ({}));
  if (!isSafe(end_session_endpoint)) {
    location.assign(ownUrl());
    return;
  }
  const url = new URL(end_session_endpoint);
  url.searchParams.set("client_id", config.client_id);
  url.searchParams.set("post_logout_redirect_uri", ownUrl());
  url.searchParams.set("logout_uri", ownUrl()); // Cognito's name for it
  location.assign(url);
}

function checkedClaims(idToken, config, nonce, now) {
  let claims;
  try {
    claims = readToken(idToken).payload;
  } catch {
    throw new SignInError("The issuer gave no readable ID token.");
  }
  const audiences = [claims.aud].flat();
  if (claims.iss !== config.issuer) throw new SignInError("The ID token is another issuer's.");
  if (!audiences.includes(config.client_id)) throw new SignInError("The ID token is for another client.");
  if ((audiences.length > 1 || claims.azp) && claims.azp !== config.client_id) {
    throw new SignInError("The ID token is for another client.");
  }
  if (claims.nonce !== nonce) throw new SignInError("The ID token is not the one that was asked for.");
  if (!(claims.exp > now - LEEWAY)) {
    throw new SignInError("The ID token has expired. Is this computer's clock right?");
  }
  return claims;
}

async function fetchJson(url, form) {
  const body = form && new URLSearchParams(form);
  let response;
  try {
    response = await fetch(url, { method: form ? "POST" : "GET", body, credentials: "omit", cache: "no-store" });
  } catch {
    throw new SignInError(`The issuer doesn't answer at ${new URL(url).host}.`);
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok || answer === null) {
    throw new SignInError(answer?.error_description || `The issuer answered with ${response.status}.`);
  }
  return answer;
}

function takePending() {
  const text = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  return text && JSON.parse(text);
}

/** This page, as it has to be registered with the issuer. */
function ownUrl() {
  return location.origin + location.pathname;
}

function withoutAnswer() {
  const url = new URL(location.href);
  for (const name of PARAMETERS) url.searchParams.delete(name);
  return url;
}

function isSafe(text) {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost"].includes(hostname));
}

function random() {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}
