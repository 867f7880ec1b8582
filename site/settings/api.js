// The pack's API, as the owner's routes and mint answer it.

const PATIENCE = 35_000; // milliseconds; API Gateway gives up after 30 s

/** A refusal or failure, as RFC 9457 problem details: `title`, `status`, `code`, and often `detail`. */
export class Refusal extends Error {
  constructor(problem) {
    super(problem.title);
    this.problem = problem;
  }
}

/**
 * The API with one session. `onSessionEnd` is called when it is no longer taken.
 * @param {{ base: string, token: string, organization: string, signal: AbortSignal, onSessionEnd?: () => void }} session
 */
export function connect({ base, token, organization, signal, onSessionEnd }) {
  const owner = `/organizations/${encodeURIComponent(organization)}`;
  /** @type {(method: string, path: string, options?: { body?: unknown, key?: string, query?: Record<string, string> }) => Promise<any>} */
  const ask = async (method, path, { body, key, query } = {}) => {
    const url = base + path + (query ? `?${new URLSearchParams(query)}` : "");
    const headers = { authorization: `Bearer ${token}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (key) headers["idempotency-key"] = key;
    const sent = { method, headers, body: body === undefined ? undefined : JSON.stringify(body) };
    try {
      return await answered(url, sent, signal);
    } catch (refusal) {
      if (refusal.problem?.status === 401) onSessionEnd?.();
      throw refusal;
    }
  };
  return {
    get: (path, query) => ask("GET", owner + path, { query }),
    post: (path, body, key) => ask("POST", owner + path, { body, key }),
    remove: (path) => ask("DELETE", owner + path),
    mint: (request) => ask("POST", "/embeds", { body: request }),
    embeddable: async () => (await ask("GET", "/dashboards")).dashboards,
  };
}

/** The answer's JSON, or null where there is no body. Throws Refusal. */
export async function answered(url, sent, signal) {
  const limit = AbortSignal.timeout(PATIENCE);
  let response;
  try {
    response = await fetch(url, { ...sent, cache: "no-store", signal: signal ? AbortSignal.any([signal, limit]) : limit });
  } catch (error) {
    if (signal?.aborted) throw error; // the reader has gone elsewhere
    throw new Refusal({
      title: limit.aborted ? "The API took too long" : "The API doesn't answer",
      detail: `Are you online, and is ${location.origin} one of the pack's AllowedOrigins?`,
    });
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) {
    throw new Refusal({ title: `The API answered with ${response.status}`, ...answer, status: response.status });
  }
  return answer;
}
