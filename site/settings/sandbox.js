// The testing sandbox: mints as a page would, and shows all that comes of it.

import { announce } from "./announcing.js";
import { h } from "./elements.js";
import { loaded } from "./loading.js";
import { minted, refused } from "./minted.js";
import { variableFields } from "./variables.js";
import { viewerChoice } from "./viewers.js";

export function sandbox(context, { dashboard }) {
  const result = h("div", { class: "result" }, nothingYet());
  let fields = { env: () => ({}) };
  const viewer = viewerChoice(context, () => {
    result.replaceChildren(nothingYet());
    variables.reload();
  });
  const mint = h("button", { type: "submit", class: "primary" }, "Mint and show");
  const variables = loaded(context.signal, load, ({ variables: definitions }) => {
    mint.disabled = false;
    fields = variableFields(definitions);
    return fields.element;
  });

  /** The variables, or the refusal that minting gives this session: it says why. */
  async function load() {
    mint.disabled = true;
    const api = await viewer.api();
    const embeddable = (await api.embeddable()).find(({ id }) => id === dashboard);
    if (embeddable) return embeddable;
    await api.mint({ dashboard });
    return { variables: {} };
  }

  async function show(event) {
    event.preventDefault();
    mint.disabled = true;
    try {
      const api = await viewer.api();
      const env = fields.env();
      const answer = await api.mint(Object.keys(env).length ? { dashboard, env } : { dashboard });
      if (context.signal.aborted) return;
      result.replaceChildren(...minted(answer, context.signal));
      announce("Minted. The URL, its token and the live embed follow.");
    } catch (error) {
      if (!context.signal.aborted) result.replaceChildren(...refused(error));
    } finally {
      mint.disabled = false;
    }
  }

  const form = h(
    "form",
    { class: "sandbox", onsubmit: show },
    viewer.element,
    variables,
    h("p", { class: "hint" }, "Showing an embed that nobody has opened yet runs its queries, and counts as one new-token embed."),
    h("p", { class: "actions" }, mint),
  );
  return h("div", { class: "sandbox-and-result" }, form, result);
}

function nothingYet() {
  return h("p", { class: "nothing-yet" }, "The URL, its token and the live embed will stand here.");
}
