import assert from "node:assert/strict";
import { test } from "node:test";

import { canonical } from "../../site/client/canonical.js";

test("names may come in any order, values in theirs only", () => {
  assert.equal(canonical({ a: 1, b: { c: 2, d: 3 } }), canonical({ b: { d: 3, c: 2 }, a: 1 }));
  assert.notEqual(canonical({ a: ["JFK", "LGA"] }), canonical({ a: ["LGA", "JFK"] }));
});

test("equal is equal in type too", () => {
  assert.notEqual(canonical({ a: "1" }), canonical({ a: 1 }));
  assert.notEqual(canonical({ a: null }), canonical({}));
  assert.notEqual(canonical({ a: ["x"] }), canonical({ a: "x" }));
});

test("a name that means something to JavaScript is a name", () => {
  const hostile = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}');
  assert.equal(canonical(hostile), '{"__proto__":{"polluted":true},"constructor":1}');
  assert.equal({}.polluted, undefined);
});
