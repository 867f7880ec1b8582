// Asks POST /embeds for a link, with the visitor's session.

import { Refusal, SESSION_FAILED, SIGNED_OUT, UNREACHABLE, problem } from "./problems.js";

const MINT_MS = 30_000;

// The session is asked for again after a 401, once.
export async function mint(host, signal) {
  const { url, body, getSession } = host.request();
  for (const expired of [false, true]) {
    const session = await Promise.resolve({ expired }).then(getSession).catch(refuse(SESSION_FAILED));
    if (!session) break;
    signal.throwIfAborted();
    const answer = await post(url, body, session, signal);
    if (answer.status !== 401) return read(answer);
  }
  throw new Refusal(SIGNED_OUT);
}

const refuse = (cause) => () => {
  throw new Refusal(cause);
};

async function post(url, body, session, signal) {
  const response = await fetch(url, {
    method: "POST",
    headers: { Authorization: `Bearer ${session}`, "Content-Type": "application/json" },
    body,
    credentials: "omit",
    signal: AbortSignal.any([signal, AbortSignal.timeout(MINT_MS)]),
  }).catch(refuse(UNREACHABLE));
  const { status, ok, headers } = response;
  const found = await response.json().catch(() => null);
  return { status, ok, found, after: Number(headers.get("Retry-After")) || 0 };
}

function read({ status, ok, after, found }) {
  if (ok && /^https?:/.test(found?.url) && found.refresh_in > 0) return found;
  const unforeseen = problem(`http-${status}`, "The dashboard can't be shown", `The answer was ${status}.`, status);
  throw new Refusal(found?.code ? { ...found, status } : unforeseen, after);
}
