// What the page says about itself, above the charts or in their place.

import { element } from "./elements.js";
import { hurry, passes, untilBack } from "./results.js";

// There from the start and empty: a reader announces what comes into it, in its own time.
export function emptyNotice() {
  return element("div", { class: "notice", role: "status" });
}

// What happened and what to do, a sentence each.
export function showNotice(place, problem, advice, ...more) {
  place.replaceChildren(
    element("p", {}, element("strong", {}, sentence(problem.title)), " ", adviceFor(problem, advice)),
    ...more,
  );
}

export function problemSection(problem, advice) {
  return element(
    "section",
    { class: "problem", role: "alert" },
    element("h1", {}, problem.title),
    element("p", {}, adviceFor(problem, advice)),
  );
}

// A problem that may pass is tried again by itself, and at once for who can't wait.
export function keepTrying(problem, section) {
  if (!passes(problem)) return;
  section?.append(againButton(hurry));
  untilBack(window.location.href).then(() => window.location.reload());
}

export function againButton(onClick) {
  const made = element("button", { type: "button", class: "button" }, "Try again now");
  made.addEventListener("click", onClick);
  return made;
}

export function sentence(title) {
  return /[.!?]$/.test(title) ? title : `${title}.`;
}

function adviceFor({ code }, advice = {}) {
  return advice[code] ?? advice.other ?? "";
}
