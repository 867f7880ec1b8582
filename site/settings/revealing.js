// The secret's value, in the page only from when it is asked for until it hides again.

import { announce } from "./announcing.js";
import { copyButton } from "./copying.js";
import { button, h } from "./elements.js";
import { problemBox } from "./problems.js";

const SECONDS = 30;
const MASK = "•".repeat(32);

/** The masked value with its buttons. Each use asks the API, which writes it to the audit. */
export function revealer({ api, signal }) {
  const problem = h("div");
  const shown = h("input", {
    class: "secret", type: "text", readonly: true, value: MASK, "aria-label": "Embed secret, hidden",
    autocomplete: "off", spellcheck: "false",
  });
  const toggle = button("Reveal", () => (ticking ? hide("Hidden") : reveal()), { look: "primary" });
  const left = h("span");
  let ticking = 0;
  let end = 0;

  async function ask() {
    problem.replaceChildren();
    try {
      return (await api.post("/secret/reveal")).secret;
    } catch (error) {
      if (!signal.aborted) problem.replaceChildren(problemBox(error));
      throw error;
    }
  }

  async function reveal() {
    toggle.disabled = true;
    const secret = await ask().catch(() => null);
    toggle.disabled = false;
    if (secret === null || signal.aborted) return;
    shown.value = secret;
    shown.setAttribute("aria-label", "Embed secret");
    toggle.textContent = "Hide";
    end = performance.now() + SECONDS * 1000;
    ticking = setInterval(tick, 500);
    tick();
    toggle.focus();
    announce(`Revealed. It hides in ${SECONDS} seconds.`);
  }

  function tick() {
    const seconds = Math.ceil((end - performance.now()) / 1000);
    if (seconds <= 0) hide("The secret is hidden again");
    else left.textContent = `It hides in ${seconds} s.`;
  }

  function hide(announcement) {
    clearInterval(ticking);
    ticking = 0;
    shown.value = MASK;
    shown.setAttribute("aria-label", "Embed secret, hidden");
    toggle.textContent = "Reveal";
    left.textContent = "";
    if (announcement) announce(announcement);
  }

  signal.addEventListener("abort", () => hide());
  addEventListener("pagehide", () => hide(), { signal });
  return h(
    "div",
    {},
    h("div", { class: "secret-row" }, shown, toggle, copyButton("the secret", ask)),
    h("p", { class: "countdown" }, "Each look at it, and each copy, is written to the audit. ", left),
    problem,
  );
}
