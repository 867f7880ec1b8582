// What a browser has and Node lacks, as far as the client's modules ask for it.

import { mock } from "node:test";

export const document = Object.assign(new EventTarget(), { hidden: false, baseURI: "https://site.example/page" });
export const window = new EventTarget();

class CustomEventOfBrowsers extends Event {
  constructor(name, { detail, ...options } = {}) {
    super(name, options);
    this.detail = detail;
  }
}

// Time stands still until `pass` moves it. `asleep` moves the wall clock alone, as some machines do.
export function stopTime() {
  let now = 1_000;
  let wall = 1_700_000_000_000;
  const timers = new Map();
  let last = 0;
  mock.method(performance, "now", () => now);
  mock.method(Date, "now", () => wall);
  mock.method(globalThis, "setTimeout", (act, ms) => {
    timers.set((last += 1), { act, at: now + ms });
    return last;
  });
  mock.method(globalThis, "clearTimeout", (id) => timers.delete(id));
  const due = (until) => [...timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0];
  return {
    timers,
    async pass(seconds) {
      const until = now + seconds * 1000;
      for (let next = due(until); next; next = due(until)) {
        const [id, { act, at }] = next;
        wall += at - now;
        now = at;
        timers.delete(id);
        act();
        await settled();
      }
      wall += until - now;
      now = until;
      await settled();
    },
    asleep(seconds) {
      wall += seconds * 1000;
    },
    setBack(seconds) {
      wall -= seconds * 1000;
    },
  };
}

// Whatever was promised has been kept, where it waits for nothing outside.
export async function settled() {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export function answer(status, document = {}, headers = {}) {
  const body = typeof document === "string" ? document : JSON.stringify(document);
  return new Response(body, { status, headers });
}

export const MINTED = { url: "https://api.example/d/1/t", title: "Flights", refresh_in: 100, expires_in: 120 };

Object.assign(globalThis, { document, window, CustomEvent: CustomEventOfBrowsers });
