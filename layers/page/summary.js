// A chart in one sentence or two, for who can't see it.

import { isDate, valueText } from "./formats.js";
import { drawnValue, isNumeric } from "./types.js";

const MOST_NAMES = 6;

export function summary({ title, description }, { columns, rows, types }) {
  const values = (index) => rows.map((row) => row[index]);
  const facts = columns.map((column, index) => fact(column, values(index), types[index])).filter(Boolean);
  const extent = `${rows.length} ${rows.length === 1 ? "row" : "rows"}`;
  return [title, description, facts.length ? `${extent}: ${facts.join("; ")}` : extent].filter(Boolean).join(". ");
}

function fact(column, values, type) {
  const known = values.filter((value) => value !== null && value !== undefined);
  const size = (value) => drawnValue(value, type);
  if (known.length && (isNumeric(type) || known.every(isDate))) {
    const least = known.reduce((one, other) => (size(other) < size(one) ? other : one));
    const most = known.reduce((one, other) => (size(other) > size(one) ? other : one));
    return `${column} from ${valueText(least, type)} to ${valueText(most, type)}`;
  }
  const names = [...new Set(known.map((value) => valueText(value, type)))];
  if (!names.length) return null;
  return names.length > MOST_NAMES ? `${column} with ${names.length} values` : `${column} ${names.join(", ")}`;
}
