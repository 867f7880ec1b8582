// Tabs: one stop for Tab, arrow keys between them.

import { freshId, h } from "./elements.js";

/** `names` are `[key, title]`; `show(key)` returns what the panel holds. */
export function tabs(label, names, show) {
  const panel = h("div", { role: "tabpanel", id: freshId("panel"), tabindex: "0" });
  const buttons = names.map(([key, title]) =>
    h("button", { type: "button", role: "tab", id: freshId("tab"), "aria-controls": panel.id, onclick: () => choose(key) }, title),
  );
  const list = h("div", { role: "tablist", class: "tabs", "aria-label": label }, buttons);

  function choose(key) {
    const at = names.findIndex(([name]) => name === key);
    buttons.forEach((each, of) => {
      each.setAttribute("aria-selected", String(of === at));
      each.tabIndex = of === at ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", buttons[at].id);
    panel.replaceChildren(show(key));
  }

  list.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const last = buttons.length - 1;
    const next = { ArrowLeft: at ? at - 1 : last, ArrowRight: at < last ? at + 1 : 0, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    buttons[next].focus();
    choose(names[next][0]);
  });
  choose(names[0][0]);
  return h("div", {}, list, panel);
}
