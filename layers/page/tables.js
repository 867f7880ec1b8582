// Rows as a table: of a `table` chart, and of a drawn chart where a viewer asks for its data.

import { element } from "./elements.js";
import { formatted, numberFormat } from "./formats.js";

const MOST_ROWS = 500;
const LONGEST_WORDS = 16;
const MOST_PLACES = 6;

// `formats` maps a column's name to a function from its values to text, `titles` to what its head says.
export function tableOf(title, { columns, rows }, { formats = {}, titles = {} } = {}) {
  const values = columns.map((_, index) => rows.map((row) => row[index]).filter((value) => value !== null));
  const numeric = values.map((column) => column.length > 0 && column.every(Number.isFinite));
  const shown = columns.map(
    (column, index) => formats[column] ?? (numeric[index] ? columnFormat(values[index]) : null),
  );
  const texts = rows.slice(0, MOST_ROWS).map((row) => row.map((value, index) => formatted(value, shown[index])));
  const looks = columns.map((_, index) => {
    if (numeric[index]) return "numeric";
    return texts.some((row) => row[index].length > LONGEST_WORDS) ? "wordy" : null;
  });
  const cell = (name, text, index) => element(name, { class: looks[index] }, text);
  const head = columns.map((column, index) => {
    const made = cell("th", titles[column] ?? column, index);
    made.scope = "col";
    return made;
  });
  const body = texts.map((row) => element("tr", {}, ...row.map((text, index) => cell("td", text, index))));
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

// Grouped, unless the whole column may be years, with as many decimals as any value needs: up to two, or
// where a value is small, as many as show two of its digits.
function columnFormat(values) {
  const years = values.every((value) => Number.isInteger(value) && value >= 1500 && value < 2500);
  return numberFormat(years ? "d" : `,.${values.reduce((most, value) => Math.max(most, places(value)), 0)}f`);
}

function places(value) {
  const most = value && Math.abs(value) < 0.1 ? Math.min(MOST_PLACES, 1 - Math.floor(Math.log10(Math.abs(value)))) : 2;
  for (let digits = 0; digits < most; digits += 1) if (Number(value.toFixed(digits)) === value) return digits;
  return most;
}
