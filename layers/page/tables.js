// Rows as a table: of a `table` chart, and of a drawn chart where a viewer asks for its data.

import { element } from "./elements.js";
import { exactText, formatted, numberFormat, valueText } from "./formats.js";
import { isNumeric } from "./types.js";

const MOST_ROWS = 500;
const LONGEST_WORDS = 16;
const MOST_PLACES = 6;

// `formats` maps a column's name to a function from its values to text, `titles` to what its head says.
export function tableOf(title, { columns, rows, types, cut }, { formats = {}, titles = {} } = {}) {
  const values = columns.map((_, index) => rows.map((row) => row[index]).filter((value) => value !== null));
  const numeric = types.map(isNumeric);
  const shown = columns.map(
    (column, index) => formats[column] ?? (numeric[index] ? columnFormat(values[index], types[index]) : null),
  );
  const texts = rows
    .slice(0, MOST_ROWS)
    .map((row) => row.map((value, index) => formatted(value, shown[index], types[index])));
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
  const note = extent(texts.length, rows.length, cut);
  if (note) region.append(element("p", { class: "note" }, note));
  return region;
}

// How much of it is shown, where that isn't all. `cut` is how many rows the query gave, null where nobody knows.
function extent(shown, sent, cut) {
  if (cut === null) return `The first ${valueText(shown)} rows; there are more.`;
  const all = cut ?? sent;
  return all > shown ? `The first ${valueText(shown)} of ${valueText(all)} rows.` : null;
}

// Grouped, unless the whole column may be years, with as many decimals as any value needs: up to two, or
// where a value is small, as many as show two of its digits.
function columnFormat(values, type) {
  if (type === "decimal") return exactText;
  const years = values.every((value) => Number.isInteger(value) && value >= 1500 && value < 2500);
  return numberFormat(years ? "d" : `,.${values.reduce((most, value) => Math.max(most, places(Number(value))), 0)}f`);
}

function places(value) {
  const most = value && Math.abs(value) < 0.1 ? Math.min(MOST_PLACES, 1 - Math.floor(Math.log10(Math.abs(value)))) : 2;
  for (let digits = 0; digits < most; digits += 1) if (Number(value.toFixed(digits)) === value) return digits;
  return most;
}
