// The tooltip of drawn charts: ours, since the bundle's own writes markup and a style element.

import { element } from "./elements.js";
import { valueText } from "./formats.js";

const GAP = 14;
const box = element("div", { class: "tooltip", "aria-hidden": "true" });

// Has the signature that Vega wants of a tooltip handler.
export function showTooltip(_handler, event, _item, value) {
  if (value === null || value === undefined || value === "") {
    box.remove();
    return;
  }
  box.replaceChildren(content(value));
  document.body.append(box);
  place(event);
}

function content(value) {
  if (typeof value !== "object") return element("p", {}, valueText(value));
  const lines = Object.entries(value).flatMap(([name, what]) => [
    element("dt", {}, name),
    element("dd", {}, valueText(what)),
  ]);
  return element("dl", {}, ...lines);
}

function place(event) {
  const { width, height } = box.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const right = event.clientX + GAP;
  const left = right + width > clientWidth ? event.clientX - GAP - width : right;
  const below = event.clientY + GAP;
  const top = below + height > clientHeight ? event.clientY - GAP - height : below;
  box.style.left = `${Math.max(4, left)}px`;
  box.style.top = `${Math.max(4, top)}px`;
}
