// Numbers and dates in the viewer's own locale. Formats are d3's; the usual ones need no Vega.

import { LANGUAGES } from "./locale.js";
import { durationText, isNumeric } from "./types.js";

export const NOTHING = "—";

const SPECIFIER = /^(\$)?(,)?(?:\.(\d+))?(~)?([dfs%])?$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
// Without a zone, as the query gave it: shown as it is, wherever the viewer may be.
const MOMENT = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?$/;

// A function from a number, which may be text of any length, to text, or null where only Vega knows the format.
export function numberFormat(specifier) {
  const parts = SPECIFIER.exec(specifier);
  if (!parts) return null;
  const [, dollar, grouped, digits, trimmed, type = ""] = parts;
  const options = { useGrouping: Boolean(grouped), ...precision(type, digits, Boolean(trimmed)) };
  if (dollar) Object.assign(options, { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" });
  const format = new Intl.NumberFormat(LANGUAGES, options);
  return (value) => withMinus(format.format(value));
}

/** @returns {Intl.NumberFormatOptions} */
function precision(type, digits, trimmed) {
  const places = digits === undefined ? 6 : Number(digits);
  if (type === "d") return { maximumFractionDigits: 0, minimumFractionDigits: 0 };
  if (type === "s") return { notation: "compact", maximumSignificantDigits: digits === undefined ? 3 : places };
  if (type === "") return { maximumSignificantDigits: digits === undefined ? 12 : Math.max(1, places) };
  const least = trimmed ? 0 : places;
  return { ...(type === "%" ? { style: "percent" } : {}), minimumFractionDigits: least, maximumFractionDigits: places };
}

// As many decimals as the number has: Intl takes a text digit for digit.
export function exactText(value) {
  const digits = String(value).split(".")[1]?.length ?? 0;
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return withMinus(new Intl.NumberFormat(LANGUAGES, options).format(value));
}

const plain = new Intl.NumberFormat(LANGUAGES, { maximumFractionDigits: 2, useGrouping: "min2" });
const moment = new Intl.DateTimeFormat(LANGUAGES, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
const instant = new Intl.DateTimeFormat(LANGUAGES, {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  timeZoneName: "short",
});
const day = new Intl.DateTimeFormat(LANGUAGES, { dateStyle: "medium", timeZone: "UTC" });

// Any value as text where no format is asked for. Years stay 2013: groups start at five digits.
export function valueText(value, type = undefined) {
  if (value === null || value === undefined) return NOTHING;
  if (type === "interval" && typeof value === "number") return durationText(value, LANGUAGES);
  if (isNumeric(type) && typeof value === "string") return exactText(value);
  if (type === "instant") return instantText(value) ?? String(value);
  if (typeof value === "number") return withMinus(plain.format(value));
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value !== "string") return JSON.stringify(value);
  if (DATE.test(value)) return inUtc(day, `${value}T00:00Z`) ?? value;
  const parts = MOMENT.exec(value);
  return (parts && inUtc(moment, `${parts[1]}T${parts[2]}Z`)) ?? value;
}

// In the viewer's zone, which it names.
function instantText(value) {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : instant.format(date);
}

function inUtc(format, text) {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? null : format.format(date);
}

// Dates whose days mean nothing, as months or years; null where a day, or something else, is asked for.
export function dateFormat(specifier) {
  const units = specifier.replace(/[^%]*%[-_0]?(.)[^%]*/g, "$1");
  const options = { Y: { year: "numeric" }, BY: { month: "long", year: "numeric" }, bY: { month: "short", year: "numeric" } }[units];
  if (!options) return null;
  const format = new Intl.DateTimeFormat(LANGUAGES, { ...options, timeZone: "UTC" });
  return (text) => (isDate(text) && inUtc(format, `${text}T00:00Z`)) || valueText(text);
}

// `format` takes what the column holds, so a word among numbers stays a word.
export function formatted(value, format, type = undefined) {
  const fits = typeof value === "number" || isDate(value) || (isNumeric(type) && typeof value === "string");
  return format && fits ? format(value) : valueText(value, type);
}

export function momentText(seconds) {
  const format = new Intl.DateTimeFormat(LANGUAGES, { dateStyle: "medium", timeStyle: "short" });
  return format.format(new Date(seconds * 1000));
}

export function isDate(value) {
  return typeof value === "string" && DATE.test(value);
}

function withMinus(text) {
  return text.replace(/^-/, "\u2212");
}
