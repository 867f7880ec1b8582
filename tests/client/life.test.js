import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { MINTED, answer, document, settled, stopTime, window } from "./world.js";
import { Life } from "../../site/client/life.js";
import { NO_PROVIDER } from "../../site/client/problems.js";

let time;
let host;
let view;
let life;
let answers;
let requests;
let open;

// A view without a browser: the page of each link is as the test says it is.
class View {
  isReady = false;
  isWaiting = false;
  panel = null;
  open(heard) {
    this.heard = heard;
  }
  close() {
    this.closed = true;
  }
  busy() {}
  calm() {
    this.panel = null;
  }
  hear() {}
  fail(cause, retries, quiet) {
    this.panel = quiet && retries ? null : cause.code;
  }
  ready() {
    this.isReady = true;
    this.heard.ready();
  }
}

class Host extends EventTarget {
  dashboard = "1";
  told = [];
  shown = [];
  constructor() {
    super();
    for (const name of ["loading", "ready", "refresh", "error"]) {
      this.addEventListener(`clerestory:${name}`, ({ detail }) => this.told.push([name, detail]));
    }
  }
  request() {
    return { url: "https://api.example/embeds", body: "{}", getSession: () => "session" };
  }
  show(minted) {
    this.minted = minted;
    const swaps = this.shown.at(-1) !== minted.url;
    this.shown.push(minted.url);
    return swaps;
  }
  names() {
    return this.told.map(([name]) => name);
  }
  codes() {
    return this.told.filter(([name]) => name === "error").map(([, { code }]) => code);
  }
}

beforeEach(() => {
  time = stopTime();
  mock.method(Math, "random", () => 1);
  document.hidden = false;
  answers = [];
  requests = open = 0;
  mock.method(globalThis, "fetch", async (_, { signal }) => {
    requests += 1;
    open += 1;
    assert.equal(open, 1, "one request at a time");
    const next = answers.length > 1 ? answers.shift() : answers[0];
    if (next === "hangs") await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))).finally(() => (open -= 1));
    open -= 1;
    if (!next) throw new TypeError("Failed to fetch");
    return next();
  });
  host = new Host();
  view = new View();
  life = new Life(host, view);
});
afterEach(() => {
  life.end();
  mock.restoreAll();
});

const link = (name, more) => () => answer(201, { ...MINTED, url: `https://api.example/d/1/${name}`, ...more });
const failing = (status, headers) => () => answer(status, { code: `code-${status}` }, headers);

async function begun(...links) {
  answers = links;
  life.start("first");
  await settled();
}

async function shown(...links) {
  await begun(...links);
  view.ready();
}

test("it loads, and is ready when the page says so", async () => {
  await shown(link("a"));
  assert.deepEqual(host.names(), ["loading", "ready"]);
});

test("it refreshes after refresh_in seconds, over and over", async () => {
  await shown(link("a"), link("b"), link("c"));
  await time.pass(99);
  assert.equal(requests, 1);
  await time.pass(1);
  view.ready();
  await time.pass(100);
  assert.equal(requests, 3);
  assert.deepEqual(host.names(), ["loading", "ready", "refresh", "ready", "refresh"]);
});

test("the same link again needs no new page", async () => {
  await shown(link("a"));
  await time.pass(100);
  assert.deepEqual(host.told.slice(-2).map(([name, { swaps }]) => [name, swaps]), [["refresh", false], ["ready", undefined]]);
});

test("a failure that passes is tried again, each time later", async () => {
  await begun(failing(500), failing(500), failing(500), link("a"));
  await time.pass(1);
  assert.equal(requests, 2);
  await time.pass(2);
  assert.equal(requests, 3);
  await time.pass(3.9);
  assert.equal(requests, 3);
  await time.pass(0.1);
  view.ready();
  assert.equal(requests, 4);
  assert.equal(host.names().at(-1), "ready");
});

test("the pauses have jitter, and never get longer than a minute", async () => {
  mock.method(Math, "random", () => 0);
  await begun(failing(503));
  await time.pass(0.5);
  assert.equal(requests, 2);
  await time.pass(120);
  const before = requests;
  await time.pass(300);
  assert.equal(requests - before, 10);
});

test("Retry-After is honoured", async () => {
  await begun(failing(503, { "Retry-After": "20" }), link("a"));
  await time.pass(20);
  assert.equal(requests, 1);
  await time.pass(1);
  assert.equal(requests, 2);
});

test("while a refresh fails the viewer keeps what they see", async () => {
  await shown(link("a"), failing(503), link("b"));
  await time.pass(100);
  assert.equal(view.panel, null);
  assert.deepEqual(host.codes(), ["code-503"]);
  await time.pass(1);
  assert.deepEqual(host.shown.map((url) => url.at(-1)), ["a", "b"]);
});

test("what doesn't pass stops it until somebody asks", async () => {
  await begun(failing(403));
  await time.pass(10_000);
  assert.equal(requests, 1);
  assert.equal(view.panel, "code-403");
  assert.equal(time.timers.size, 0);
  life.start("retry");
  await settled();
  assert.equal(requests, 2);
});

test("a revoked page stops it", async () => {
  await shown(link("a"));
  view.heard.trouble({ code: "revoked", status: 403 }, false);
  await time.pass(10_000);
  assert.equal(requests, 1);
  assert.equal(view.panel, "revoked");
});

test("a link that died is asked for again, for more than a minute and not for ever", async () => {
  await shown(link("dead"));
  host.show = (minted) => Boolean((host.minted = minted)); // loaded anew each time
  const died = () => view.heard.trouble({ code: "invalid-token", status: 401 }, false);
  died();
  let seconds = 0;
  for (let before = 0; before !== requests && seconds < 3_600; seconds += 61) {
    before = requests;
    await time.pass(61);
    if (before !== requests) died();
  }
  assert.equal(requests, 9);
  assert.ok(seconds > 120);
  assert.equal(host.told.at(-1)[1].retries, false);
});

test("a page that tries again by itself is left alone", async () => {
  await shown(link("a"));
  view.heard.trouble({ code: "unavailable", status: 503 }, true);
  await time.pass(60);
  assert.equal(requests, 1);
  assert.deepEqual(host.codes(), ["unavailable"]);
});

test("coming back online doesn't wait for the pause to end", async () => {
  await shown(link("a"), failing(503), failing(503), failing(503), link("b"));
  await time.pass(104);
  assert.equal(requests, 4);
  window.dispatchEvent(new Event("online"));
  await settled();
  assert.equal(requests, 5);
});

test("coming back online with nothing due asks nothing", async () => {
  await shown(link("a"));
  window.dispatchEvent(new Event("online"));
  await settled();
  assert.equal(requests, 1);
});

test("waking up past the time refreshes at once", async () => {
  await shown(link("a"), link("b"));
  time.asleep(3_600);
  window.dispatchEvent(new Event("pageshow"));
  await settled();
  assert.equal(requests, 2);
});

test("a page that still loads is not replaced", async () => {
  await begun(link("a"), link("b"));
  view.isWaiting = true;
  await time.pass(250);
  assert.equal(requests, 1);
  view.isWaiting = false;
  await time.pass(50);
  assert.equal(requests, 2);
});

test("a hidden tab asks nothing until it is seen", async () => {
  await shown(link("a"), link("b"));
  document.hidden = true;
  await time.pass(10_000);
  assert.equal(requests, 1);
  document.hidden = false;
  document.dispatchEvent(new Event("visibilitychange"));
  await settled();
  assert.equal(requests, 2);
});

test("something else asked for meanwhile drops the request before", async () => {
  await begun("hangs", link("b"));
  life.start("env");
  await settled();
  assert.deepEqual(host.shown.map((url) => url.at(-1)), ["b"]);
  assert.deepEqual(host.codes(), []);
});

test("after its end nothing is asked, told or left", async () => {
  await shown(link("a"));
  life.end();
  for (const target of [window, document]) {
    for (const name of ["online", "pageshow", "visibilitychange"]) target.dispatchEvent(new Event(name));
  }
  await time.pass(10_000);
  assert.equal(requests, 1);
  assert.equal(time.timers.size, 0);
  assert.ok(view.closed);
});

test("an end in the middle of a request aborts it, and tells nothing", async () => {
  await begun("hangs");
  life.end();
  await settled();
  assert.deepEqual(host.names(), ["loading"]);
});

test("a page that never says who is signed in is told so, and of nothing that was asked for", async () => {
  life.expect(NO_PROVIDER);
  await time.pass(10);
  assert.deepEqual(host.names(), ["error"]);
  assert.deepEqual(host.codes(), ["no-get-session"]);
});

test("what nobody foresaw is said, and can be tried again", async () => {
  mock.method(host, "request", () => new URL("http://"));
  await begun();
  assert.deepEqual(host.codes(), ["failed"]);
  assert.equal(view.panel, "failed");
  mock.restoreAll();
});

test("coming back online shortens a pause of ours, and none that the server asked for", async () => {
  await begun(failing(429, { "Retry-After": "6" }), failing(503), link("a"));
  window.dispatchEvent(new Event("online"));
  await time.pass(5.9);
  assert.equal(requests, 1);
  await time.pass(1.2);
  assert.equal(requests, 2);
  window.dispatchEvent(new Event("online"));
  await settled();
  assert.equal(requests, 3);
});
