// Numbers, dates and spans as the reader's own language writes them.

const DAY = 86_400;
/** @type {[Intl.RelativeTimeFormatUnitSingular, number][]} */
const UNITS = [["day", DAY], ["hour", 3600], ["minute", 60], ["second", 1]];

const integer = new Intl.NumberFormat();
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const utcDay = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const shortDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "always" });

export function count(value) {
  return integer.format(value);
}

/** `3 tokens`, `1 token`. */
export function counted(value, one, many = `${one}s`) {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Epoch seconds as a local date and time. */
export function when(seconds) {
  return moment.format(seconds * 1000);
}

/** An ISO day, which is one of UTC. */
export function day(iso) {
  return utcDay.format(Date.parse(iso));
}

export function brief(iso) {
  return shortDay.format(Date.parse(iso));
}

/** `12 days`, in the largest unit that gives two or more, or in seconds. */
export function span(seconds) {
  const [value, unit] = inUnits(seconds);
  return new Intl.NumberFormat(undefined, { style: "unit", unit, unitDisplay: "long" }).format(value);
}

/** `in 3 days` or `2 hours ago`. */
export function fromNow(seconds) {
  const [value, unit] = inUnits(Math.abs(seconds));
  return relative.format(seconds < 0 ? -value : value, unit);
}

/** @returns {[number, Intl.RelativeTimeFormatUnitSingular]} */
function inUnits(seconds) {
  const [unit, size] = UNITS.find(([, length]) => seconds >= 2 * length) ?? ["second", 1];
  return [Math.round(seconds / size), unit];
}
