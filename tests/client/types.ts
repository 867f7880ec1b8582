// Compiled, never run: each line that must not be taken says so.

import { ClerestoryDashboard, configure, mountDashboard, provideSession } from "../../site/clerestory.js";
import type { Env, GetSession, Problem } from "../../site/clerestory.js";

const getSession: GetSession = async ({ expired }) => (expired ? "fresh" : null);
provideSession(() => "token");
provideSession(getSession);
// @ts-expect-error a number is no token
provideSession(() => 5);

configure({ api: "https://api.example" });
// @ts-expect-error an API must be named
configure({});

const env: Env = { ORIGIN: ["JFK", "LGA"], YEAR: 2013, DELAYED: true, DATE_RANGE: ["2013-01-01", "2013-12-31"] };
const mounted = mountDashboard(document.body, { api: "https://api.example", dashboard: 38727, env, getSession });
mounted.update({ ORIGIN: ["EWR"] });
mounted.refresh();
mounted.destroy();
// @ts-expect-error a dashboard must be named
mountDashboard(document.body, { api: "https://api.example" });
// @ts-expect-error no variable holds an object
mounted.update({ ORIGIN: { name: "JFK" } });

const element: ClerestoryDashboard = document.createElement("clerestory-dashboard");
element.theme = "dark";
element.titled = false;
element.env = null;
element.addEventListener("clerestory:error", ({ detail }) => {
  const problem: Problem = detail;
  const again: boolean = detail.retries;
  return [problem.code, problem.errors?.map(({ variable }) => variable), again];
});
document.addEventListener("clerestory:ready", (event) => event.detail.title.length);
// @ts-expect-error what was answered is not for writing
element.minted = null;
