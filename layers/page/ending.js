// The end of the link's life, while the page is open. The site around it should have brought a new link
// by then; where none came, the viewer is told, and keeps what is shown.

const LONGEST_SLEEP = 600;
const SHORTEST_SLEEP = 2;
const GRACE = 1;
const RETRY = 30;
const WAKING = ["online", "pageshow", "focus"];

// `servedAt` is the server's time when the page began. The viewer's own clock may be wrong, so it measures
// how long ago that was and is never compared; and it only says when to ask. `ask` resolves to
// `{problem, retry, date}`: the server's word, and its time. Then `onEnd` hears the problem.
export function watchEnd({ expiresAt, servedAt, ask, onEnd }) {
  let server = servedAt;
  let anchor = { steady: 0, wall: performance.timeOrigin };
  let asking = false;
  let timer;

  const left = () => {
    // One of them stands still while the machine sleeps, the other jumps when its clock is set.
    const passed = Math.max(performance.now() - anchor.steady, Date.now() - anchor.wall);
    return expiresAt + GRACE - server - passed / 1000;
  };
  const wait = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(check, Math.min(LONGEST_SLEEP, Math.max(SHORTEST_SLEEP, seconds)) * 1000);
  };
  const stop = () => {
    clearTimeout(timer);
    WAKING.forEach((name) => window.removeEventListener(name, check));
    document.removeEventListener("visibilitychange", check);
  };

  async function check() {
    if (asking) return;
    if (left() > 0) {
      wait(left());
      return;
    }
    asking = true;
    const { problem, retry, date } = await ask();
    asking = false;
    if (problem && !retry) {
      stop();
      onEnd(problem);
      return;
    }
    if (date) {
      server = date;
      anchor = { steady: performance.now(), wall: Date.now() };
    }
    wait(problem ? RETRY : left());
  }

  WAKING.forEach((name) => window.addEventListener(name, check));
  document.addEventListener("visibilitychange", check);
  check();
}
