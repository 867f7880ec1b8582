import assert from "node:assert/strict";
import { test } from "node:test";

test("a generator without a browser can read the module", async () => {
  const module = await import("../../site/clerestory.js");
  const names = ["ClerestoryDashboard", "configure", "mountDashboard", "provideSession"];
  assert.deepEqual(Object.keys(module).sort(), names);
});
