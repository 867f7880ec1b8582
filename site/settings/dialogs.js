// Questions that must be answered before anything else happens.

import { button, freshId, h } from "./elements.js";
import { problemBox } from "./problems.js";

/** Asks, and runs `act` on yes. The dialog stays, with the problem, until it has worked.
 * `typed` is a text that must be typed first. Resolves with what `act` returned, or null.
 * @param {{ title: string, body: unknown, yes: string, look?: string, typed?: string, act: () => unknown }} question
 */
export function confirmed({ title, body, yes, look = "primary", typed, act }) {
  return new Promise((resolve) => {
    const id = freshId("dialog");
    const problem = h("div");
    const input = typed && h("input", { id: `${id}-typed`, type: "text", autocomplete: "off", spellcheck: "false" });
    const accept = h("button", { type: "submit", class: look }, yes);
    const refuse = button("Cancel", () => dialog.close());
    const form = h(
      "form",
      { method: "dialog" },
      h("h2", { id }, title),
      body,
      typed && h("div", { class: "field" }, h("label", { for: input.id }, "Type ", h("code", {}, typed), " to go on"), input),
      problem,
      h("p", { class: "actions" }, accept, refuse),
    );
    const dialog = h("dialog", { "aria-labelledby": id }, form);
    const ready = () => !typed || input.value.trim() === typed;
    let outcome = null;
    accept.disabled = !ready();
    input?.addEventListener("input", () => { accept.disabled = !ready(); });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!ready() || accept.disabled) return;
      accept.disabled = refuse.disabled = true;
      try {
        outcome = { value: await act() };
        dialog.close();
      } catch (error) {
        problem.replaceChildren(problemBox(error));
        accept.disabled = refuse.disabled = false;
      }
    });
    // What has been sent can't be taken back by Escape.
    dialog.addEventListener("cancel", (event) => { if (refuse.disabled) event.preventDefault(); });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(outcome?.value ?? null);
    });
    document.body.append(dialog);
    dialog.showModal();
    (input ?? refuse).focus();
  });
}
