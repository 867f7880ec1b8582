// While an element is in a document: one request at a time, and an alarm for the next.

import { Alarm } from "./alarm.js";
import { mint } from "./mint.js";
import { DEAD_LINK, PASSING, UNFORESEEN } from "./problems.js";

/**
 * @import { Minted, Problem } from "../clerestory.js"
 * @import { ClerestoryDashboard } from "./element.js"
 * @import { Refusal } from "./problems.js"
 * @import { View } from "./view.js"
 * @typedef {"first" | "env" | "refresh" | "retry"} Reason
 */

const DEAD_LINK_TRIES = 8;
const LONGEST_PAUSE = 60;
const EXPECTED_SECONDS = 10;

export class Life {
  #host;
  #view;
  #alarm = new Alarm();
  #ended = new AbortController();
  /** @type {AbortController | null} */
  #asking = null;
  /** @type {Reason} */
  #reason = "first";
  #tries = 0;
  #after = 0;

  /**
   * @param {ClerestoryDashboard} host
   * @param {View} view
   */
  constructor(host, view) {
    this.#host = host;
    this.#view = view;
    view.open({ ready: () => this.#ready(), trouble: (cause, passes) => this.#trouble(cause, passes) });
    const until = { signal: this.#ended.signal };
    const wake = () => this.#alarm.check();
    const online = () => (this.#tries && !this.#after ? this.#ask() : wake());
    document.addEventListener("visibilitychange", wake, until);
    window.addEventListener("pageshow", wake, until);
    window.addEventListener("online", online, until);
    window.addEventListener("message", (event) => view.hear(event), until);
  }

  end() {
    this.#ended.abort();
    this.#asking?.abort();
    this.#alarm.clear();
    this.#view.close();
  }

  /**
   * What was asked for before is dropped.
   * @param {Reason} reason
   */
  start(reason) {
    this.#drop();
    this.#reason = reason;
    this.#ask();
  }

  // A page that never says who is signed in, or which dashboard, should hear of it.
  /** @param {Problem} missing */
  expect(missing) {
    this.#drop();
    this.#view.busy(true);
    this.#alarm.set(EXPECTED_SECONDS, () => this.#fail(missing));
  }

  #drop() {
    this.#tries = 0;
    this.#asking?.abort();
    this.#asking = null;
  }

  async #ask() {
    if (this.#asking) return;
    const { signal } = (this.#asking = new AbortController());
    this.#announce();
    /** @type {Partial<Refusal>} */
    let failure = {};
    const minted = await mint(this.#host, signal).catch((caught) => void (failure = caught));
    if (signal.aborted) return;
    this.#asking = null;
    if (minted) this.#minted(minted);
    else this.#fail(failure.problem ?? UNFORESEEN, failure.after);
  }

  #announce() {
    this.#alarm.clear();
    if (this.#reason === "refresh" && this.#view.isReady) return;
    this.#view.busy(!this.#tries);
    this.#tell("loading", { reason: this.#reason });
  }

  /** @param {Minted} minted */
  #minted(minted) {
    this.#renewIn(minted.refresh_in);
    const swaps = this.#host.show(minted);
    if (this.#reason === "refresh") this.#tell("refresh", { swaps });
    if (!swaps) this.#ready();
  }

  // A page that still loads is not replaced, or a slow one would never come; one out of sight waits until
  // somebody scrolls to it. Should its link end meanwhile, it says so.
  /** @param {number} seconds */
  #renewIn(seconds) {
    this.#alarm.set(seconds, () => (this.#view.isWaiting ? this.#renewIn(seconds) : this.start("refresh")));
  }

  #ready() {
    if (this.#asking) return;
    this.#tries = 0;
    this.#view.calm();
    this.#tell("ready", { title: this.#host.minted?.title });
  }

  /**
   * @param {Problem} cause
   * @param {boolean} passes
   */
  #trouble(cause, passes) {
    if (passes) this.#tell("error", { ...cause, retries: true });
    else if (!this.#asking) this.#fail(cause);
  }

  /** @param {Problem} cause */
  #fail(cause, after = 0) {
    const retries = DEAD_LINK.has(cause.code) ? this.#tries < DEAD_LINK_TRIES : PASSING.has(cause.status);
    this.#alarm.clear();
    this.#after = after;
    if (retries) {
      const pause = Math.min(LONGEST_PAUSE, 2 ** this.#tries) * (0.5 + Math.random() / 2);
      this.#tries += 1;
      this.#alarm.set(after + pause, () => this.#ask());
    }
    this.#view.fail(cause, retries, this.#reason === "refresh", () => this.start("retry"));
    this.#tell("error", { ...cause, retries });
  }

  /**
   * @param {string} name
   * @param {object} detail
   */
  #tell(name, detail) {
    const { dashboard } = this.#host;
    const options = { bubbles: true, composed: true, detail: { dashboard, ...detail } };
    this.#host.dispatchEvent(new CustomEvent(`clerestory:${name}`, options));
  }
}
