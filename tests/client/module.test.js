import assert from "node:assert/strict";
import { test } from "node:test";

test("a generator without a browser can read the module", async () => {
  const module = await import("../../site/clerestory.js");
  assert.deepEqual(Object.keys(module).sort(), ["ClerestoryDashboard", "mountDashboard", "provideSession"]);
});
