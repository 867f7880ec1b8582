// What went wrong, where it happened, with what can be done about it.

import { button, h } from "./elements.js";
import { SignInError } from "./oidc.js";

const ADVICE = {
  "not-owner": "Sign in as an owner: a user of the owners' group whose session names this organization.",
  "claim-missing": "A locked variable is filled from the session alone. Give the user that claim at your issuer.",
};

/** An element that says it. `retry` is called by its button. */
export function problemBox(error, retry) {
  const problem = problemOf(error);
  const errors = (problem.errors ?? []).map((each) => h("li", {}, h("b", {}, each.variable), `: ${each.detail}`));
  return h(
    "div",
    { class: "problem", role: "alert" },
    h("strong", {}, problem.title),
    [problem.detail, ADVICE[problem.code]].filter(Boolean).map((text) => h("p", {}, text)),
    errors.length ? h("ul", {}, errors) : null,
    problem.code ? h("p", { class: "code" }, h("code", {}, problem.code)) : null,
    retry ? button("Try again", retry) : null,
  );
}

function problemOf(error) {
  if (error.problem) return error.problem;
  if (error instanceof SignInError) return { title: error.message };
  console.error(error);
  return { title: "Something went wrong on this page", detail: "Reloading it may help." };
}
