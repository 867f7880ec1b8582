// Stacked bars in SVG. The reader moves along them with the pointer or the arrow keys; beneath stands
// what the bar says, and all of it is in the table of the same page.

import { freshId, h, svg } from "./elements.js";
import { count } from "./formats.js";
import { ticksFor } from "./series.js";

const HEIGHT = 260;
const ROOM = { left: 48, right: 8, top: 12, bottom: 28 };
const LABEL_WIDTH = 76;
export const COLOURS = 6;

/** `signal` ends its watching of the page's width. */
export function chart({ dashboards, bars }, title, signal) {
  const id = freshId("readout");
  const readout = h("p", { class: "readout", id });
  const plot = h("div", {
    class: "plot", role: "slider", tabindex: "0", "aria-label": title,
    "aria-valuemin": 1, "aria-valuemax": bars.length, "aria-describedby": id,
  });
  let at = bars.findLastIndex(({ total }) => total > 0);
  if (at < 0) at = bars.length - 1;

  function choose(next) {
    at = Math.min(bars.length - 1, Math.max(0, next));
    const text = describe(bars[at], dashboards);
    readout.replaceChildren(h("strong", {}, bars[at].name), ` ${text}`);
    plot.setAttribute("aria-valuenow", at + 1);
    plot.setAttribute("aria-valuetext", `${bars[at].name}: ${text}`);
    plot.querySelectorAll(".bar-of").forEach((bar, of) => bar.classList.toggle("chosen", of === at));
  }

  plot.addEventListener("keydown", (event) => {
    const next = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, PageDown: at - 7, PageUp: at + 7, Home: 0, End: bars.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    choose(next);
  });
  const pointed = ({ clientX }) => {
    const { left, width } = plot.getBoundingClientRect();
    const across = (clientX - left - ROOM.left) / (width - ROOM.left - ROOM.right);
    choose(Math.floor(across * bars.length));
  };
  plot.addEventListener("pointermove", pointed);
  plot.addEventListener("pointerdown", pointed);
  const draw = (width) => {
    plot.replaceChildren(drawing(bars, width));
    choose(at);
  };
  const watching = new ResizeObserver(([{ contentRect }]) => { if (contentRect.width) draw(contentRect.width); });
  watching.observe(plot);
  signal.addEventListener("abort", () => watching.disconnect());
  return h("div", { class: "chart" }, legend(dashboards), plot, readout);
}

function describe({ total, counts }, dashboards) {
  if (!total) return "no new-token embeds";
  const parts = counts.map((each, of) => (each ? `${dashboards[of].title} ${count(each)}` : null)).filter(Boolean);
  return `${count(total)}: ${parts.join(", ")}`;
}

function legend(dashboards) {
  const items = dashboards.map(({ title }, of) => h("li", {}, h("i", { class: `swatch series-${1 + (of % COLOURS)}` }), title));
  return h("ul", { class: "legend" }, items);
}

function drawing(bars, width) {
  const ticks = ticksFor(Math.max(...bars.map(({ total }) => total)));
  const most = ticks.at(-1);
  const inner = { width: width - ROOM.left - ROOM.right, height: HEIGHT - ROOM.top - ROOM.bottom };
  const y = (value) => ROOM.top + inner.height * (1 - value / most);
  const step = inner.width / bars.length;
  const every = Math.ceil(LABEL_WIDTH / step);
  const image = svg("svg", { width, height: HEIGHT, "aria-hidden": "true", focusable: "false" });
  for (const tick of ticks) {
    image.append(
      svg("line", { class: tick ? "grid" : "axis", x1: ROOM.left, x2: width - ROOM.right, y1: y(tick), y2: y(tick) }),
      svg("text", { class: "tick", x: ROOM.left - 8, y: y(tick) + 4, "text-anchor": "end" }, count(tick)),
    );
  }
  bars.forEach((bar, of) => {
    const left = ROOM.left + of * step;
    image.append(column(bar, { left, step, y, height: inner.height }));
    // Counted from the end, so that the newest day always has its label.
    if ((bars.length - 1 - of) % every) return;
    const x = Math.min(left + step / 2, width - ROOM.right - 18);
    image.append(svg("text", { class: "tick", x, y: HEIGHT - 8, "text-anchor": "middle" }, bar.label));
  });
  return image;
}

function column({ counts }, { left, step, y, height }) {
  const thickness = Math.max(1, Math.min(step * 0.72, 40));
  const x = left + (step - thickness) / 2;
  const group = svg("g", { class: "bar-of" }, svg("rect", { class: "band", x: left, y: ROOM.top, width: step, height }));
  let below = 0;
  counts.forEach((each, of) => {
    if (!each) return;
    const top = y(below + each);
    const part = { class: `series-${1 + (of % COLOURS)}`, x, y: top, width: thickness, height: y(below) - top };
    group.append(svg("rect", { ...part, rx: Math.min(2, thickness / 4) }));
    below += each;
  });
  return group;
}
