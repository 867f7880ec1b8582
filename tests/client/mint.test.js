import assert from "node:assert/strict";
import { createServer } from "node:http";
import { afterEach, beforeEach, mock, test } from "node:test";

import { MINTED, answer } from "./world.js";
import { mint } from "../../site/client/mint.js";

let requests;
let answers;
let sessions;

beforeEach(() => {
  requests = [];
  answers = [];
  sessions = [];
  mock.method(globalThis, "fetch", async (url, options) => {
    requests.push({ url, ...options });
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  });
});
afterEach(() => mock.restoreAll());

const host = (getSession) => ({
  request: () => ({ url: "https://api.example/embeds", body: '{"dashboard":"1"}', getSession }),
});

const minted = (getSession = (how) => sessions.push(how) && `session-${sessions.length}`) =>
  mint(host(getSession), new AbortController().signal);

const refused = async (promise) => {
  const refusal = await promise.then(() => assert.fail("it was not refused"), (reason) => reason);
  return { code: refusal.problem.code, status: refusal.problem.status, after: refusal.after };
};

test("the session goes with the request, and no cookie does", async () => {
  answers = [answer(201, MINTED)];
  assert.deepEqual(await minted(), MINTED);
  assert.equal(requests[0].method, "POST");
  assert.equal(requests[0].headers.get("Authorization"), "Bearer session-1");
  assert.equal(requests[0].credentials, "omit");
});

test("after a 401 the session is asked for again, once", async () => {
  answers = [answer(401), answer(201, MINTED)];
  assert.deepEqual(await minted(), MINTED);
  assert.deepEqual(sessions, [{ expired: false }, { expired: true }]);
  answers = [answer(401), answer(401), answer(201, MINTED)];
  assert.deepEqual(await refused(minted()), { code: "no-session", status: 401, after: 0 });
});

test("without a session nothing is asked", async () => {
  for (const none of [null, undefined, ""]) {
    assert.equal((await refused(minted(() => none))).code, "no-session");
  }
  assert.deepEqual(requests, []);
});

test("a session that never comes is waited for no longer than an answer", async () => {
  const late = new AbortController();
  mock.method(AbortSignal, "timeout", () => late.signal);
  const asking = refused(minted(() => new Promise(() => {})));
  late.abort();
  assert.deepEqual(await asking, { code: "session-failed", status: 503, after: 0 });
});

test("what no header can hold is no session", async () => {
  for (const odd of ["two\nlines", "ü☃"]) {
    assert.equal((await refused(minted(() => odd))).code, "session-failed");
  }
  assert.deepEqual(requests, []);
});

test("a session that can't be had just now may be had later", async () => {
  const failing = [() => Promise.reject(new Error("offline")), () => assert.fail("sync")];
  for (const getSession of failing) {
    assert.deepEqual(await refused(minted(getSession)), { code: "session-failed", status: 503, after: 0 });
  }
});

test("a problem keeps its code and all that it says", async () => {
  answers = [answer(422, { code: "invalid-variables", title: "Wrong", errors: [{ variable: "A", detail: "x" }] })];
  const refusal = await minted().catch((reason) => reason);
  assert.equal(refusal.problem.errors[0].variable, "A");
  assert.equal(refusal.problem.status, 422);
});

test("an answer that is no problem document gets a code from its status", async () => {
  for (const [status, body] of [[403, { message: "Forbidden" }], [502, "<html>"], [429, ""]]) {
    answers = [answer(status, body)];
    assert.deepEqual(await refused(minted()), { code: `http-${status}`, status, after: 0 });
  }
});

test("Retry-After is read in seconds", async () => {
  answers = [answer(503, { code: "unavailable" }, { "Retry-After": "7" })];
  assert.equal((await refused(minted())).after, 7);
  answers = [answer(503, { code: "unavailable" }, { "Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT" })];
  assert.equal((await refused(minted())).after, 0);
});

test("no connection is a problem that passes", async () => {
  answers = [new TypeError("Failed to fetch")];
  assert.deepEqual(await refused(minted()), { code: "unreachable", status: 503, after: 0 });
});

test("only a link of the web is a link", async () => {
  for (const url of ["javascript:alert(1)", "data:text/html,x", "/d/1/t", undefined]) {
    answers = [answer(201, { ...MINTED, url })];
    assert.equal((await refused(minted())).code, "http-201");
  }
});

test("a request that is no longer wanted is not sent", async () => {
  const stopped = new AbortController();
  const getSession = () => {
    stopped.abort();
    return "session";
  };
  await assert.rejects(mint(host(getSession), stopped.signal));
  assert.deepEqual(requests, []);
});

test("an API that sends the request on to another is not followed", async (each) => {
  mock.restoreAll();
  const elsewhere = await serving(each, (response) => response.writeHead(201).end(JSON.stringify(MINTED)));
  const api = await serving(each, (response) => response.writeHead(307, { Location: elsewhere.url }).end());
  const request = () => ({ url: `${api.url}/embeds`, body: "{}", getSession: () => "session" });
  assert.equal((await refused(mint({ request }, new AbortController().signal))).code, "unreachable");
  assert.deepEqual([api.requests, elsewhere.requests], [1, 0]);
});

async function serving(each, answer) {
  const served = { requests: 0 };
  const server = createServer((_, response) => answer(response, (served.requests += 1)));
  each.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return Object.assign(served, { url: `http://127.0.0.1:${server.address().port}` });
}
