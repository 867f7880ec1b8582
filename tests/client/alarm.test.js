import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { document, stopTime } from "./world.js";
import { Alarm } from "../../site/client/alarm.js";

let time;
let rung;
let alarm;

beforeEach(() => {
  time = stopTime();
  rung = 0;
  alarm = new Alarm();
  document.hidden = false;
});
afterEach(() => mock.restoreAll());

const set = (seconds) => alarm.set(seconds, () => (rung += 1));

test("it rings once, when its seconds have passed", async () => {
  set(100);
  await time.pass(99.9);
  assert.equal(rung, 0);
  await time.pass(1_000);
  assert.equal(rung, 1);
});

test("no timer is left after it has rung, or was cleared", async () => {
  set(100);
  await time.pass(100);
  assert.equal(time.timers.size, 0);
  set(100);
  alarm.clear();
  assert.equal(time.timers.size, 0);
  await time.pass(200);
  assert.equal(rung, 1);
});

test("setting it again forgets what it was set to", async () => {
  set(100);
  set(300);
  await time.pass(200);
  assert.equal(rung, 0);
  assert.equal(time.timers.size, 1);
});

test("sleep counts, where the monotonic clock stands still in it", async () => {
  set(3_600);
  time.asleep(3_600);
  alarm.check();
  assert.equal(rung, 1);
});

test("sleep is noticed soon, even if nothing says that the machine has woken up", async () => {
  set(3_600);
  await time.pass(10);
  time.asleep(3_600);
  await time.pass(30);
  assert.equal(rung, 1);
});

test("a clock that is set back delays nothing", async () => {
  set(100);
  time.setBack(100_000);
  await time.pass(100);
  assert.equal(rung, 1);
});

test("it rings in a hidden tab only when that is seen again, and keeps no timer meanwhile", async () => {
  set(100);
  document.hidden = true;
  await time.pass(1_000);
  assert.equal(rung, 0);
  assert.equal(time.timers.size, 0);
  document.hidden = false;
  alarm.check();
  assert.equal(rung, 1);
});

test("more seconds than a browser's timer takes are no problem", async () => {
  set(40 * 24 * 3_600);
  for (const { at } of time.timers.values()) assert.ok(at < 2 ** 31);
});
