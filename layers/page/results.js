// The results, asked for until they are there.

const FIRST_WAIT = 1;
const LONGEST_WAIT = 5;
const LONGEST_PAUSE = 30;
const RETRIED = new Set([429, 500, 502, 503, 504]);
const PATIENCE = 2;
const UNREACHABLE = { title: "The dashboard can't be reached", code: "unreachable", status: 0 };

let endPause = null;

// Resolves to the results, or rejects with a problem that asking again won't cure. `onTrouble` hears
// of one that it may, after a few tries, and null when it has passed; asking goes on. `onCharts` hears of
// the first charts while the others are still to come.
export async function fetchResults(url, { onTrouble, onCharts }) {
  let failures = 0;
  for (let tries = 0; ; tries += 1) {
    const answer = await ask(url);
    if (answer.results) return answer.results;
    if (answer.problem && !answer.retry) throw answer.problem;
    failures = answer.problem ? failures + 1 : 0;
    onTrouble(failures >= PATIENCE ? answer.problem : null);
    if (answer.charts) onCharts(answer.charts);
    const backoff = failures
      ? Math.min(LONGEST_PAUSE, 2 ** (failures - 1))
      : Math.min(LONGEST_WAIT, FIRST_WAIT * 1.2 ** Math.max(0, tries - 5));
    await pause(Math.max(answer.after, backoff));
  }
}

// Resolves once `url` answers anything but "not now".
export async function untilBack(url) {
  for (let tries = 1; ; tries += 1) {
    await pause(Math.min(LONGEST_PAUSE, 2 ** tries));
    const answer = await reach(url, "HEAD");
    if (answer && !RETRIED.has(answer.status)) return;
  }
}

// Asks at once instead of after the pause.
export function hurry() {
  endPause?.();
}

export function passes(problem) {
  return RETRIED.has(problem.status);
}

// One answer: `{results}`, `{problem, retry}`, or neither while the run goes on, which has `charts` where
// some are there; `after` is the seconds that it asks to wait, `date` the server's time where it said so.
export async function ask(url) {
  const answer = await reach(url, "GET");
  if (!answer) return { problem: UNREACHABLE, retry: true, after: 0 };
  const date = Date.parse(answer.headers.get("Date")) / 1000 || null;
  const document = await answer.json().catch(() => null);
  if (answer.status === 200 && document) return { results: document, date };
  const after = Math.min(LONGEST_PAUSE, Number(answer.headers.get("Retry-After")) || 0);
  if (answer.status === 202) return { charts: document?.charts, after, date };
  const problem = document?.title ? document : { ...UNREACHABLE, status: answer.status };
  return { problem, retry: answer.status === 200 || RETRIED.has(answer.status), after, date };
}

function reach(url, method) {
  return fetch(url, { method, headers: { accept: "application/json" }, credentials: "omit" }).catch(() => null);
}

/**
 * Back online is a reason to ask at once.
 * @returns {Promise<void>}
 */
function pause(seconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      endPause = null;
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    window.addEventListener("online", done);
    endPause = done;
  });
}
