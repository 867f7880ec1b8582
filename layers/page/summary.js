// A chart in one sentence or two, for who can't see it.

import { isDate, valueText } from "./formats.js";

const MOST_NAMES = 6;

export function summary({ title, description }, { columns, rows }) {
  const facts = columns.map((column, index) => fact(column, rows.map((row) => row[index]))).filter(Boolean);
  const extent = `${rows.length} ${rows.length === 1 ? "row" : "rows"}`;
  return [title, description, facts.length ? `${extent}: ${facts.join("; ")}` : extent].filter(Boolean).join(". ");
}

function fact(column, values) {
  const known = values.filter((value) => value !== null && value !== undefined);
  if (known.length && (known.every(Number.isFinite) || known.every(isDate))) {
    const least = known.reduce((one, other) => (other < one ? other : one));
    const most = known.reduce((one, other) => (other > one ? other : one));
    return `${column} from ${valueText(least)} to ${valueText(most)}`;
  }
  const names = [...new Set(known.map(valueText))];
  if (!names.length) return null;
  return names.length > MOST_NAMES ? `${column} with ${names.length} values` : `${column} ${names.join(", ")}`;
}
