// A card for each chart: its place is there from the start, at its full size, and is filled when the
// results come. A chart that fails says so in its own card.

import { draw, loadVega } from "./drawing.js";
import { element } from "./elements.js";
import { described } from "./fields.js";
import { NOTHING, formatted, numberFormat } from "./formats.js";
import { summary } from "./summary.js";
import { tableOf } from "./tables.js";
import { emptyTools, fillTools } from "./tools.js";
import { isNumeric } from "./types.js";

// Of what stands before and after a figure, as a part of the figure's own: cards.css has it too.
const AFFIX_SIZE = 0.55;
const DEFAULT_SPAN = { number: 3, table: 6, vega_lite: 6 };

export function kindOf(chart) {
  return Object.keys(DEFAULT_SPAN).find((kind) => kind in chart) ?? "table";
}

export function emptyCard(chart, index, downloads) {
  const kind = kindOf(chart);
  const heading = `chart-${index}`;
  const card = element(
    "section",
    { class: "card", "data-kind": kind, "data-state": "loading", "aria-labelledby": heading, "aria-busy": "true" },
    element(
      "header",
      {},
      element("h2", { id: heading }, chart.title),
      chart.description ? element("p", { class: "description" }, chart.description) : null,
    ),
    element("div", { class: "content" }, element("div", { class: "skeleton", "aria-hidden": "true" })),
    kind === "vega_lite" || (kind === "table" && downloads) ? emptyTools() : null,
  );
  // Not as an attribute, which the page's policy forbids.
  card.style.setProperty("--span", Math.min(12, Math.max(1, chart.span ?? DEFAULT_SPAN[kind])));
  return card;
}

// Fills the card, and resolves to what takes a drawing away before it is filled again. What it shows
// already stays until its successor is ready.
export async function fillCard(card, chart, result, { vegaUrl, downloads, again }) {
  const content = card.querySelector(".content");
  try {
    if (result.problem) throw result.problem;
    const drawn = await FILL[kindOf(chart)](content, chart, result, vegaUrl);
    if (result.rows.length) fillTools(card, chart, result, drawn?.view ?? null, downloads);
    card.dataset.state = "ready";
    return drawn?.clear;
  } catch {
    card.dataset.state = "error";
    if (result.problem) content.replaceChildren(...problemOf(result.problem));
    else showUndrawn(card, chart, result, { downloads, again });
    return undefined;
  } finally {
    card.removeAttribute("aria-busy");
  }
}

// `detail` is the engine's own words, which only the dashboard's author is sent.
function problemOf({ title, detail }) {
  const said = element("p", { class: "chart-problem" }, title);
  return detail ? [said, element("pre", { class: "detail" }, detail)] : [said];
}

// The data is there; only its picture isn't.
function showUndrawn(card, chart, result, { downloads, again }) {
  const retry = element("button", { type: "button", class: "tool" }, "Try again");
  retry.addEventListener("click", again);
  const note = element("p", { class: "undrawn" }, "The chart can't be drawn; here is its data. ", retry);
  const content = card.querySelector(".content");
  content.replaceChildren(note, tableOf(chart.title, result, described(chart.vega_lite, result)));
  content.dataset.view = "chart";
  fillTools(card, chart, result, null, downloads);
}

const FILL = {
  async number(content, { number }, { rows, types }, vegaUrl) {
    const value = rows[0]?.[0];
    const specifier = number.format ?? (isNumeric(types[0]) ? ",d" : null);
    const format = specifier && (await formatOf(specifier, vegaUrl));
    const known = value !== null && value !== undefined;
    const affix = (text) => (known && text ? element("span", { class: "affix" }, text) : null);
    const text = known ? formatted(value, format, types[0]) : NOTHING;
    const shown = [affix(number.prefix), text, affix(number.suffix)].filter((part) => part !== null);
    const figure = element("p", { class: "value" }, ...shown);
    figure.style.setProperty("--length", text.length + AFFIX_SIZE * (figure.textContent.length - text.length));
    content.replaceChildren(figure);
  },

  async table(content, { title, table }, result, vegaUrl) {
    if (!result.rows.length) return showNothing(content);
    const formats = {};
    for (const [column, format] of Object.entries(table?.formats ?? {})) {
      formats[column] = await formatOf(format, vegaUrl);
    }
    content.replaceChildren(tableOf(title, result, { formats }));
    return null;
  },

  async vega_lite(content, chart, result, vegaUrl) {
    if (!result.rows.length) return showNothing(content);
    // Vega gives what it draws into roles of its own; a reader is told the whole in one sentence instead.
    const drawing = element("div", { class: "drawing", "aria-hidden": "true" });
    const plot = element("div", { class: "plot coming", role: "img", "aria-label": summary(chart, result) }, drawing);
    content.append(plot);
    try {
      const drawn = await draw(drawing, chart.vega_lite, result, vegaUrl);
      content.replaceChildren(plot);
      plot.classList.remove("coming");
      return drawn;
    } finally {
      if (plot.classList.contains("coming")) plot.remove();
    }
  },
};

function showNothing(content) {
  content.replaceChildren(element("p", { class: "nothing" }, "No data for this choice"));
  return null;
}

// Without Vega, a format that only it knows is the viewer's usual one.
async function formatOf(specifier, vegaUrl) {
  return numberFormat(specifier) ?? loadVega(vegaUrl).then(({ format }) => (value) => format(specifier)(Number(value)), () => null);
}
