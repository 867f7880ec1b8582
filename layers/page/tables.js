// Rows as a table, for a `table` chart and under every drawn chart's "Show data".

import { element } from "./elements.js";
import { formatted } from "./formats.js";

const MOST_ROWS = 500;

// `formats` maps a column's name to a function from number to text.
export function tableOf(title, { columns, rows }, formats = {}) {
  const numeric = columns.map((_, index) => isNumeric(rows, index));
  const cell = (name, text, index) => element(name, { class: numeric[index] ? "numeric" : null }, text);
  const head = columns.map((column, index) => {
    const made = cell("th", column, index);
    made.scope = "col";
    return made;
  });
  const body = rows.slice(0, MOST_ROWS).map((row) =>
    element("tr", {}, ...row.map((value, index) => cell("td", formatted(value, formats[columns[index]]), index))),
  );
  const table = element(
    "table",
    {},
    element("caption", {}, title),
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
  // Reachable by keyboard, since it may scroll.
  const region = element("div", { class: "rows", tabindex: "0", role: "region", "aria-label": title }, table);
  if (rows.length > MOST_ROWS) {
    region.append(element("p", { class: "note" }, `The first ${MOST_ROWS} of ${rows.length} rows.`));
  }
  return region;
}

function isNumeric(rows, index) {
  const values = rows.map((row) => row[index]).filter((value) => value !== null);
  return values.length > 0 && values.every((value) => typeof value === "number");
}
