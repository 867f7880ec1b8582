import assert from "node:assert/strict";
import { test } from "node:test";

import { Apis } from "../../site/client/apis.js";

const API = "https://api.example/";
const ELSEWHERE = "https://site.example/clerestory.js";
const PAGE = "https://site.example/page";

const loadedFrom = (client, ...named) => {
  const apis = new Apis(client);
  for (const api of named) assert.ok(apis.add(api), api);
  return apis;
};

test("the client's own address tells where its API is, under whatever path", () => {
  const homes = [
    ["https://api.example/assets/clerestory.js", API],
    ["https://api.example/assets/clerestory.js?v=2#x", API],
    ["https://api.example/reports/assets/clerestory.js", "https://api.example/reports/"],
    ["http://127.0.0.1:8787/assets/clerestory.js", "http://127.0.0.1:8787/"],
  ];
  for (const [client, home] of homes) assert.equal(loadedFrom(client).find(null, PAGE), home);
});

test("no other address of the client tells of an API", () => {
  const others = [
    ELSEWHERE,
    "https://site.example/assets/clerestory-0123456789ab.js",
    "https://site.example/my-assets/clerestory.js",
    "https://site.example/bundle.js?/assets/clerestory.js",
    "https://site.example/bundle.js#/assets/clerestory.js",
    "file:///site/assets/clerestory.js",
    "blob:https://site.example/assets/clerestory.js",
    "data:text/javascript,1//assets/clerestory.js",
  ];
  for (const client of others) assert.ok(!loadedFrom(client).find(null, PAGE), client);
});

test("an element that names none asks the only API, and none where there are several", () => {
  assert.equal(loadedFrom(ELSEWHERE, API).find(null, PAGE), API);
  assert.equal(loadedFrom(ELSEWHERE, API, "https://api.example").find(null, PAGE), API);
  assert.ok(!loadedFrom(ELSEWHERE, API, "https://other.example").find(null, PAGE));
  assert.ok(!loadedFrom(`${API}assets/clerestory.js`, "https://other.example").find(null, PAGE));
});

test("an element may name any that is known, and nothing else", () => {
  const apis = loadedFrom(`${API}assets/clerestory.js`, "https://other.example/reports");
  assert.equal(apis.find(API, PAGE), API);
  assert.equal(apis.find("https://other.example/reports/", PAGE), "https://other.example/reports/");
  for (const foreign of ["https://evil.example", "https://other.example", "https://site.example", ""]) {
    assert.ok(!apis.find(foreign, PAGE), foreign);
  }
});

test("an address may be written in several ways", () => {
  const apis = loadedFrom(ELSEWHERE, "https://API.example:443/reports");
  const same = [
    "https://api.example/reports",
    "https://api.example/reports/",
    "HTTPS://Api.Example:443/reports",
    "https://api.example/x/../reports",
    " https://api.example/reports\n",
    "//api.example/reports",
  ];
  for (const written of same) assert.equal(apis.find(written, PAGE), "https://api.example/reports/", written);
});

test("what only looks like a known address is another one", () => {
  const apis = loadedFrom(ELSEWHERE, "https://api.example/reports");
  const others = [
    "http://api.example/reports",
    "https://api.example:8443/reports",
    "https://api.example.evil.example/reports",
    "https://evil.example/https://api.example/reports",
    "https://api.example@evil.example/reports",
    "https://evil.example\\@api.example/reports",
    "https://evil@api.example/reports",
    "https://:evil@api.example/reports",
    "https://api.example./reports",
    "https://api.example",
    "https://api.example/reports/more",
    "https://api.example/reports//",
    "https://api.example/Reports",
    "https://api.example/reports/../evil",
    "https://api.example/reports?to=https://evil.example/",
    "https://api.example/reports#/evil",
    "blob:https://api.example/reports",
    "javascript:https://api.example/reports",
    "reports",
    "https://",
    "undefined",
  ];
  for (const foreign of others) assert.ok(!apis.find(foreign, PAGE), foreign);
});

test("a relative name counts from the element's page, wherever a base sends that", () => {
  const apis = loadedFrom(ELSEWHERE, "https://site.example/reports");
  assert.equal(apis.find("reports/", PAGE), "https://site.example/reports/");
  assert.ok(!apis.find("/reports", "https://evil.example/"));
});

test("only an absolute address of the web can be an API", () => {
  const apis = new Apis(ELSEWHERE);
  const others = [
    undefined,
    null,
    "",
    "/reports",
    "api.example",
    "ftp://api.example/",
    "wss://api.example/",
    "file:///reports/",
    "data:text/html,x",
    "javascript:alert(1)",
    "blob:https://api.example/reports",
    "https://user@api.example/",
    "https://user:password@api.example/",
    "https://api.example/?stage=prod",
    "https://api.example/#top",
  ];
  for (const address of others) assert.ok(!apis.add(address), address);
  assert.ok(!apis.find(null, PAGE));
  assert.ok(apis.add(new URL("https://api.example")));
});
