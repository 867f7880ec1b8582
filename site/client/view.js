// What is in the shadow root: the page that is shown, the one that comes next, what is said meanwhile.

import { fit, lookLike, makeFrame } from "./frames.js";
import { DEAD_LINK, PASSING, RENEWED, UNANSWERED } from "./problems.js";
import { styleSheet } from "./style.js";

/**
 * @import { Problem } from "../clerestory.js"
 * @import { Frame, Look } from "./frames.js"
 * @typedef {{ ready(): void, trouble(cause: Problem, passes: boolean): void }} Heard
 */

const SILENCE_MS = 5_000;
const SLOW_MS = 10_000;
const OVERLAP_MS = 100;

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {object} properties
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
const make = (name, properties, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};
/** @type {(name: string, properties?: object, ...children: (Node | string)[]) => HTMLDivElement} */
const part = (name, properties, ...children) => make("div", { className: name, part: name, ...properties }, ...children);

export class View {
  #root;
  /** @type {Heard | undefined} */
  #heard;
  /** @type {Frame | null} */
  #shown = null;
  /** @type {Frame | null} */
  #next = null;
  /** @type {Set<ReturnType<typeof setTimeout>>} */
  #timers = new Set();
  #stage = part("stage");
  #status = part("status", { role: "status" }, make("slot", { name: "loading" }, "Loading"));
  #progress = part("progress");
  #panel = part("panel", { role: "alert", hidden: true });

  /** @param {ShadowRoot} root */
  constructor(root) {
    this.#root = root;
    root.adoptedStyleSheets = [styleSheet()];
    this.#stage.append(this.#status, this.#progress, this.#panel);
    root.append(this.#stage);
    this.#mark(true);
  }

  // `heard` is told of what pages say: ready() and trouble(problem, passes).
  /** @param {Heard} heard */
  open(heard) {
    this.#heard = heard;
  }

  close() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#clear();
    this.busy(true);
  }

  get isReady() {
    return this.#shown?.state === "ready";
  }

  get isWaiting() {
    return !!this.#next;
  }

  /** @param {boolean} anew */
  busy(anew) {
    if (anew) this.#panel.hidden = true;
    this.#mark(true);
  }

  calm() {
    this.#panel.hidden = true;
    this.#mark(false);
  }

  // Whether there is a page to wait for: none, where the link is that of what is shown.
  /**
   * @param {string} url
   * @param {Look} look
   */
  show(url, look) {
    const same = [this.#shown, this.#next].find((frame) => frame?.url === url && frame.state !== "error");
    if (same !== this.#next) {
      this.#next?.iframe.remove();
      this.#next = null;
    }
    if (!same) this.#load(makeFrame(url, look, !this.#shown));
    return same?.state !== "ready";
  }

  /** @param {Look} look */
  look(look) {
    for (const frame of [this.#shown, this.#next]) if (frame) lookLike(frame, look);
  }

  // `quiet`: what the viewer sees is what they asked for, only older.
  /**
   * @param {Problem} cause
   * @param {boolean} retries
   * @param {boolean} quiet
   * @param {() => void} retry
   */
  fail(cause, retries, quiet, retry) {
    this.#next?.iframe.remove();
    this.#next = null;
    const keeps = retries && this.#shown && this.#shown.state !== "error";
    if (!keeps) this.#clear();
    this.#mark(false);
    if (keeps && quiet) return;
    const { title, detail, errors } = DEAD_LINK.has(cause.code) ? RENEWED : cause;
    const told = [detail, retries && "It tries again."].filter(Boolean);
    const wrong = Array.isArray(errors) ? errors.map((each) => `${each?.variable}: ${each?.detail}`) : [];
    this.#panel.replaceChildren(
      make("strong", {}, String(title)),
      ...told.map((text) => make("p", {}, String(text))),
      make("ul", { hidden: !wrong.length }, ...wrong.map((text) => make("li", {}, text))),
      make("button", { type: "button", part: "retry", onclick: retry }, "Try again"),
    );
    this.#panel.hidden = false;
    this.#mark(false);
  }

  /** @param {MessageEvent} message */
  hear({ source, origin, data }) {
    const frame = [this.#shown, this.#next].find((each) => each?.iframe.contentWindow === source);
    if (!frame || frame.origin !== origin || data?.source !== "clerestory") return;
    const { type, height, problem } = data;
    if (type === "height") fit(frame, height);
    else if (type === "error") this.#failed(frame, Object(problem));
    else if (type === "loading" || type === "ready") this.#came(frame, type === "ready");
  }

  /**
   * @param {Frame} frame
   * @param {boolean} ready
   */
  #came(frame, ready) {
    const reveals = ready || !this.isReady;
    frame.state = ready ? "ready" : "loading";
    if (frame === this.#next && reveals) this.#reveal(frame);
    if (ready && !this.#next) this.#heard?.ready();
  }

  // One that passes is told by the page itself, which tries again by itself.
  /**
   * @param {Frame} frame
   * @param {Problem} cause
   */
  #failed(frame, cause) {
    const passes = PASSING.has(cause.status);
    frame.state = passes ? "loading" : "error";
    if (passes && frame === this.#next && !this.isReady) this.#reveal(frame);
    this.#heard?.trouble(cause, passes);
  }

  /** @param {Frame} frame */
  #load(frame) {
    this.#next = frame;
    // As high as what it replaces: a low one would be out of sight of who has scrolled, where browsers pause
    // a page before it tells its height, and the swap would move the site.
    if (this.#shown) frame.iframe.style.height = this.#shown.iframe.style.height;
    frame.iframe.onload = () => this.#after(SILENCE_MS, () => this.#listen(frame));
    const slow = () => frame === this.#next && frame.state === "loading" && this.#reveal(frame);
    this.#after(SLOW_MS, slow);
    this.#stage.append(frame.iframe);
  }

  // A page that has loaded and says nothing is none of ours: a browser's error page.
  /** @param {Frame} frame */
  #listen(frame) {
    if (frame.state !== "new" || frame.height || !frame.iframe.isConnected) return;
    if (document.hidden) this.#after(SILENCE_MS, () => this.#listen(frame));
    else this.#heard?.trouble(UNANSWERED, false);
  }

  // Both are there for a moment, the old one above, while the browser paints the new one.
  /** @param {Frame} frame */
  #reveal(frame) {
    const old = this.#shown;
    const focused = old && this.#root.activeElement === old.iframe;
    Object.assign(frame.iframe, { className: "", inert: false });
    if (old) {
      Object.assign(old.iframe, { className: "old", inert: true });
      this.#after(OVERLAP_MS, () => old.iframe.remove());
    }
    this.#shown = frame;
    this.#next = null;
    if (focused) frame.iframe.focus({ preventScroll: true });
    this.calm();
  }

  /** @param {boolean} busy */
  #mark(busy) {
    this.#stage.ariaBusy = String(busy);
    this.#progress.hidden = !(busy && this.#shown);
    this.#status.hidden = !!this.#shown || !this.#panel.hidden;
  }

  #clear() {
    for (const iframe of this.#stage.querySelectorAll("iframe")) iframe.remove();
    this.#shown = this.#next = null;
  }

  /**
   * @param {number} ms
   * @param {() => void} act
   */
  #after(ms, act) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}
