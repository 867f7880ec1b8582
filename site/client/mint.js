// Asks POST /embeds for a link, with the visitor's session.

import { Refusal, SESSION_FAILED, SIGNED_OUT, UNREACHABLE, problem } from "./problems.js";

/**
 * @import { GetSession, Minted, Problem } from "../clerestory.js"
 * @typedef {{ url: string, body: string, getSession: GetSession }} MintRequest
 */

const MINT_MS = 30_000;

// The session is asked for again after a 401, once. Nothing is waited for without an end.
/**
 * @param {{ request(): MintRequest }} host
 * @param {AbortSignal} ended
 * @returns {Promise<Minted>}
 */
export async function mint(host, ended) {
  const { url, body, getSession } = host.request();
  const signal = AbortSignal.any([ended, AbortSignal.timeout(MINT_MS)]);
  /** @type {Promise<never>} */
  const late = new Promise((_, reject) => signal.addEventListener("abort", reject));
  for (const expired of [false, true]) {
    const given = Promise.resolve({ expired }).then(getSession);
    // What no header can hold is no session.
    const headers = await Promise.race([late, given]).then(signedIn).catch(refuse(SESSION_FAILED));
    if (!headers) break;
    const answer = await post(url, { headers, body, signal });
    if (answer.status !== 401) return read(answer);
  }
  throw new Refusal(SIGNED_OUT);
}

/** @type {(cause: Problem) => () => never} */
const refuse = (cause) => () => {
  throw new Refusal(cause);
};

/** @param {string | null | undefined} session */
const signedIn = (session) =>
  session && new Headers({ Authorization: `Bearer ${session}`, "Content-Type": "application/json" });

/**
 * @param {string} url
 * @param {RequestInit} request
 */
async function post(url, request) {
  /** @type {RequestInit} */
  const whole = { method: "POST", credentials: "omit", redirect: "error", ...request };
  const response = await fetch(url, whole).catch(refuse(UNREACHABLE));
  const { status, ok, headers } = response;
  const body = await response.json().catch(() => null);
  return { status, ok, body, after: Number(headers.get("Retry-After")) || 0 };
}

/** @param {Awaited<ReturnType<typeof post>>} answer */
function read({ status, ok, after, body }) {
  if (ok && /^https?:/.test(body?.url) && body.refresh_in > 0) return body;
  const unforeseen = problem(`http-${status}`, "The dashboard can't be shown", `The answer was ${status}.`, status);
  throw new Refusal(body?.code ? { ...body, status } : unforeseen, after);
}
