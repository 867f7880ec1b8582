// The page's colours, as page.css decides them for light and dark.

import { element } from "./elements.js";

// By their names, as CSS colours that a canvas and Vega understand.
export function colours(names) {
  const probe = element("i");
  document.body.append(probe);
  const values = names.map((name) => {
    probe.style.color = `var(--${name})`;
    return window.getComputedStyle(probe).color;
  });
  probe.remove();
  return values;
}
