// A timer for what must not be late, however long the machine sleeps.

const SLICE_MS = 30_000;

// Rings once some seconds have passed, and never in a hidden tab. Neither clock is enough: the monotonic
// one may stand still while a machine sleeps, the other can be set back. Only differences count, so a
// clock that is wrong does no harm.
export class Alarm {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {(() => void) | null} */
  #ring = null;
  #ms = 0;
  #monotonic = 0;
  #wall = 0;

  /**
   * @param {number} seconds
   * @param {() => void} ring
   */
  set(seconds, ring) {
    this.#ring = ring;
    this.#ms = seconds * 1000;
    this.#monotonic = performance.now();
    this.#wall = Date.now();
    this.check();
  }

  clear() {
    clearTimeout(this.#timer);
    this.#ring = null;
  }

  // To be called on waking up, too.
  check() {
    clearTimeout(this.#timer);
    if (!this.#ring) return;
    const passed = Math.max(performance.now() - this.#monotonic, Date.now() - this.#wall);
    if (passed < this.#ms) {
      this.#timer = setTimeout(() => this.check(), Math.min(this.#ms - passed, SLICE_MS));
    } else if (!document.hidden) {
      const ring = this.#ring;
      this.clear();
      ring();
    }
  }
}
