import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { stopTime } from "./world.js";
import { fit, lookLike, makeFrame } from "../../site/client/frames.js";

let time;
let frame;

beforeEach(() => {
  time = stopTime();
  frame = { iframe: { clientWidth: 800, style: {} }, height: 0, width: 0, fitted: 0, echoes: 0 };
});
afterEach(() => mock.restoreAll());

const heightAfter = (wanted) => {
  fit(frame, wanted);
  return frame.iframe.style.height;
};

test("the frame is as high as its page, in whole pixels", () => {
  assert.equal(heightAfter(612.2), "613px");
});

test("no height is beyond reason", () => {
  assert.equal(heightAfter(1e9), "20000px");
  assert.equal(heightAfter(-5), "80px");
});

test("what is no number changes nothing", () => {
  for (const wanted of ["100px", NaN, Infinity, null, undefined, {}]) assert.equal(heightAfter(wanted), undefined);
});

test("a page that answers each growth with the next one is stopped", async () => {
  for (let height = 100; height < 10_000; height += 10) {
    fit(frame, height);
    await time.pass(0.05);
  }
  assert.ok(frame.height <= 320);
});

test("a page that grows as its viewer asks is followed", async () => {
  for (let height = 100; height < 10_000; height += 100) {
    fit(frame, height);
    await time.pass(2);
  }
  assert.equal(frame.height, 9_900);
});

test("a page that grows because its frame got narrower is followed", async () => {
  for (let width = 800; width > 300; width -= 10) {
    frame.iframe.clientWidth = width;
    fit(frame, 100_000 / width);
    await time.pass(0.016);
  }
  assert.equal(frame.height, Math.ceil(100_000 / 310));
});

const URL_OF_PAGE = "https://api.example/d/1/t";

function made(look) {
  globalThis.location = { origin: "https://site.example" };
  globalThis.document.createElement = () => ({ setAttribute() {} });
  return makeFrame(URL_OF_PAGE, { title: "Flights", fragment: look }, true);
}

test("the look is the address' fragment", () => {
  assert.equal(made("theme=dark").iframe.src, `${URL_OF_PAGE}#theme=dark`);
});

test("without a look there is no fragment, for an empty one would scroll the site to the frame", () => {
  assert.equal(made("").iframe.src, URL_OF_PAGE);
});

test("another look changes the fragment alone, and the same look nothing", () => {
  const frame = made("theme=dark");
  const seen = [];
  frame.iframe.contentWindow = { location: { replace: (url) => seen.push(url) } };
  for (const fragment of ["theme=light", "theme=light", ""]) lookLike(frame, { title: "Delays", fragment });
  assert.deepEqual(seen, [`${URL_OF_PAGE}#theme=light`, `${URL_OF_PAGE}#`]);
  assert.equal(frame.iframe.title, "Delays");
});
