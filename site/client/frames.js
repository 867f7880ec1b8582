// One iframe with an embedded page: made without a trace in the history, fitted to its content.

const SANDBOX = "allow-scripts allow-same-origin allow-downloads allow-popups allow-popups-to-escape-sandbox";
const LEAST_HEIGHT = 80;
const MOST_HEIGHT = 20_000;
const ECHO_MS = 500;
const ECHOES = 20;

/**
 * How a page looks: its title, and its address' fragment.
 * @typedef {{ title: string, fragment: string }} Look
 * @typedef {Omit<ReturnType<typeof makeFrame>, "state"> & { state: string }} Frame
 */

// `state` is "new" until the page has said something, then "loading", "ready" or "error".
/**
 * @param {string} url
 * @param {Look} look
 * @param {boolean} lazy
 */
export function makeFrame(url, { title, fragment }, lazy) {
  const { origin } = new URL(url);
  const loading = lazy ? "lazy" : "eager";
  const named = { className: "next", part: "frame", title, inert: true, referrerPolicy: "no-referrer", loading };
  const iframe = Object.assign(document.createElement("iframe"), named);
  // Of its parent's origin it could take its sandbox away, and browsers warn of that.
  if (origin !== location.origin) iframe.setAttribute("sandbox", SANDBOX);
  // Without an empty fragment, which stands for the page's top and scrolls to it.
  iframe.src = fragment ? `${url}#${fragment}` : url;
  return { iframe, url, origin, fragment, state: "new", height: 0, fitted: 0, width: -1, echoes: 0 };
}

// Its fragment alone changes, so nothing is loaded; replace() adds nothing to the history.
/**
 * @param {Frame} frame
 * @param {Look} look
 */
export function lookLike(frame, { title, fragment }) {
  frame.iframe.title = title;
  if (frame.fragment === fragment) return;
  frame.fragment = fragment;
  frame.iframe.contentWindow?.location.replace(`${frame.url}#${fragment}`);
}

/**
 * @param {Frame} frame
 * @param {number} wanted
 */
export function fit(frame, wanted) {
  if (!Number.isFinite(wanted)) return;
  const height = Math.ceil(Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, wanted)));
  const fitted = performance.now();
  const width = frame.iframe.clientWidth;
  // A page whose height follows its frame's answers each growth with the next one, without end.
  const echo = height > frame.height && fitted - frame.fitted < ECHO_MS && width === frame.width;
  Object.assign(frame, { width, fitted, echoes: echo ? frame.echoes + 1 : 0 });
  if (frame.echoes > ECHOES) return;
  frame.height = height;
  frame.iframe.style.height = `${height}px`;
}
