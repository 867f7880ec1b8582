// A card for each chart: its place is there from the start, at its full size, and is filled when the
// results come. A chart that fails says so in its own card.

import { draw, loadVega } from "./drawing.js";
import { element } from "./elements.js";
import { NOTHING, formatted, numberFormat, valueText } from "./formats.js";
import { tableOf } from "./tables.js";

const DEFAULT_SPAN = { number: 3, table: 6, vega_lite: 6 };
const UNDRAWN = { title: "This chart can't be drawn. Its data is below." };

export function kindOf(chart) {
  return Object.keys(DEFAULT_SPAN).find((kind) => kind in chart) ?? "table";
}

export function emptyCard(chart, index) {
  const kind = kindOf(chart);
  const heading = `chart-${index}`;
  const span = Math.min(12, Math.max(1, chart.span ?? DEFAULT_SPAN[kind]));
  return element(
    "section",
    { class: `card span-${span}`, "data-kind": kind, "data-state": "loading", "aria-labelledby": heading, "aria-busy": "true" },
    element(
      "header",
      {},
      element("h2", { id: heading }, chart.title),
      chart.description ? element("p", { class: "description" }, chart.description) : null,
    ),
    element("div", { class: "content" }, element("div", { class: "skeleton", "aria-hidden": "true" })),
    // Unseen until the data is there, so that nothing moves when it comes.
    kind === "vega_lite" ? element("details", { class: "unseen" }, element("summary", {}, "Show data")) : null,
  );
}

// Fills the card and resolves to what takes a drawing away before it is filled again.
export async function fillCard(card, chart, result, vegaUrl) {
  const content = card.querySelector(".content");
  card.removeAttribute("aria-busy");
  try {
    if (result.problem) throw result.problem;
    const clear = await FILL[kindOf(chart)](content, chart, result, vegaUrl);
    card.dataset.state = "ready";
    return clear;
  } catch (failure) {
    card.dataset.state = "error";
    content.replaceChildren(problemNote(result.problem ?? UNDRAWN));
    if (!result.problem) content.append(tableOf(chart.title, result));
    return undefined;
  }
}

export function problemNote(problem) {
  return element("p", { class: "chart-problem", role: "alert" }, problem.title);
}

const FILL = {
  async number(content, { number }, { rows }, vegaUrl) {
    const value = rows[0]?.[0];
    const format = await formatOf(number.format ?? ",d", vegaUrl);
    const known = value !== null && value !== undefined;
    const affix = (text) => (known && text ? element("span", { class: "affix" }, text) : null);
    const text = known ? formatted(value, format) : NOTHING;
    content.replaceChildren(element("p", { class: "value" }, affix(number.prefix), text, affix(number.suffix)));
  },

  async table(content, { title, table }, result, vegaUrl) {
    if (!result.rows.length) return showNothing(content);
    const formats = {};
    for (const [column, format] of Object.entries(table?.formats ?? {})) {
      formats[column] = await formatOf(format, vegaUrl);
    }
    content.replaceChildren(tableOf(title, result, formats));
  },

  async vega_lite(content, chart, result, vegaUrl) {
    if (!result.rows.length) return showNothing(content);
    const plot = element("div", { class: "plot", role: "img", "aria-label": summary(chart, result) });
    await loadVega(vegaUrl);
    content.replaceChildren(plot);
    const clear = await draw(plot, chart.vega_lite, result, vegaUrl);
    const details = content.nextElementSibling;
    details.replaceChildren(details.firstElementChild, tableOf(chart.title, result));
    details.classList.remove("unseen");
    return clear;
  },
};

function showNothing(content) {
  content.replaceChildren(element("p", { class: "nothing" }, "No data for this choice"));
}

async function formatOf(specifier, vegaUrl) {
  return numberFormat(specifier) ?? (await loadVega(vegaUrl)).format(specifier);
}

// What the picture shows, for who can't see it.
function summary({ title, description }, { columns, rows }) {
  const ranges = columns.map((column, index) => {
    const values = rows.map((row) => row[index]).filter((value) => typeof value === "number");
    if (!values.length) return null;
    const least = values.reduce((one, other) => Math.min(one, other));
    const most = values.reduce((one, other) => Math.max(one, other));
    return `${column} from ${valueText(least)} to ${valueText(most)}`;
  });
  const facts = ranges.filter(Boolean).join(", ");
  return [title, description, `${rows.length} rows${facts ? `: ${facts}` : ""}`].filter(Boolean).join(". ");
}
