// A part of the page that is loaded, and may fail and be tried again without the rest.

import { h } from "./elements.js";
import { problemBox } from "./problems.js";

/** An element that shows what `draw` makes of what `load` promises. `element.reload()` loads again and
 * keeps what is shown until then. After `signal` nothing more is drawn. */
export function loaded(signal, load, draw) {
  const element = h("div", { class: "loaded" });
  let newest = 0;
  element.reload = async () => {
    const turn = ++newest;
    const stale = () => signal.aborted || turn !== newest;
    if (!element.hasChildNodes()) element.append(h("p", { class: "loading", role: "status" }, "Loading"));
    element.setAttribute("aria-busy", "true");
    try {
      const content = await load();
      if (!stale()) element.replaceChildren(...[draw(content)].flat());
    } catch (error) {
      if (!stale()) element.replaceChildren(problemBox(error, () => retry(element)));
    }
    if (!stale()) element.removeAttribute("aria-busy");
  };
  element.reload();
  return element;
}

/** Takes the focus along, which would be lost with the button that was pressed. */
async function retry(element) {
  element.replaceChildren();
  element.tabIndex = -1;
  element.focus();
  await element.reload();
}
