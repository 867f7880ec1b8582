// What the type of a column means on the page: `types` of the results, by the engine.

const NUMERIC = new Set(["integer", "number", "decimal"]);
const SECONDS_A_DAY = 86_400;

// Numbers, also those that travel as text because JSON can't hold them: decimals, and large integers.
export function isNumeric(type) {
  return NUMERIC.has(type);
}

// Results that were stored before there were types get them by looking at their cells.
export function withTypes(result) {
  if (result.problem || result.types) return result;
  return { ...result, types: result.columns.map((_, index) => typeOf(result.rows.map((row) => row[index]))) };
}

// The cell as Vega takes it: a number that travels as text is one there, with as many digits as it has room for.
export function drawnValue(value, type) {
  return typeof value === "string" && isNumeric(type) ? Number(value) : value;
}

// Seconds in the viewer's words: whole days as days, else hours, minutes and seconds after them.
export function durationText(seconds, languages) {
  const days = Math.trunc(seconds / SECONDS_A_DAY);
  const rest = Math.abs(seconds - days * SECONDS_A_DAY);
  const words = new Intl.NumberFormat(languages, { style: "unit", unit: "day", unitDisplay: "long" }).format(days);
  if (days && !rest) return words;
  const [hours, minutes, left] = [Math.trunc(rest / 3600), Math.trunc(rest / 60) % 60, Math.round((rest % 60) * 1000) / 1000];
  const two = (number) => String(number).padStart(2, "0");
  const clock = `${hours}:${two(minutes)}:${left < 10 ? "0" : ""}${left}`;
  if (days) return `${words} ${clock}`;
  return seconds < 0 ? `\u2212${clock}` : clock;
}

function typeOf(values) {
  const known = values.filter((value) => value !== null);
  if (known.length && known.every((value) => typeof value === "number")) return "number";
  return known.length && known.every((value) => typeof value === "boolean") ? "boolean" : "text";
}
