// Rows as a table: of a `table` chart, and of a drawn chart where a viewer asks for its data.

import { element } from "./elements.js";
import { formatted, numberFormat } from "./formats.js";

const MOST_ROWS = 500;

// `formats` maps a column's name to a function from number to text.
export function tableOf(title, { columns, rows }, formats = {}) {
  const values = columns.map((_, index) => rows.map((row) => row[index]).filter((value) => value !== null));
  const numeric = values.map((column) => column.length > 0 && column.every(Number.isFinite));
  const shown = columns.map(
    (column, index) => formats[column] ?? (numeric[index] ? columnFormat(values[index]) : null),
  );
  const cell = (name, text, index) => element(name, { class: numeric[index] ? "numeric" : null }, text);
  const head = columns.map((column, index) => {
    const made = cell("th", column, index);
    made.scope = "col";
    return made;
  });
  const body = rows.slice(0, MOST_ROWS).map((row) =>
    element("tr", {}, ...row.map((value, index) => cell("td", formatted(value, shown[index]), index))),
  );
  const table = element(
    "table",
    {},
    element("caption", {}, title),
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
  // Reachable by keyboard, since it may scroll.
  const region = element("div", { class: "rows", tabindex: "0", role: "group", "aria-label": `${title}, table` }, table);
  if (rows.length > MOST_ROWS) {
    region.append(element("p", { class: "note" }, `The first ${MOST_ROWS} of ${rows.length} rows.`));
  }
  return region;
}

// Grouped, unless the whole column may be years, with as many decimals as any value needs, up to two.
function columnFormat(values) {
  const years = values.every((value) => Number.isInteger(value) && value >= 1500 && value < 2500);
  return numberFormat(years ? "d" : `,.${values.reduce((most, value) => Math.max(most, places(value)), 0)}f`);
}

function places(value) {
  return [0, 1].find((digits) => Number(value.toFixed(digits)) === value) ?? 2;
}
