// The viewer's languages, and what Vega must know of the first of them for its axes and tooltips.

// As the browser states them; what it calls its default may be that of its menus.
export const LANGUAGES = navigator.languages?.length ? [...navigator.languages] : undefined;

const NAMES = { numberingSystem: "latn", calendar: "gregory", timeZone: "UTC" };
const SUNDAY = Date.UTC(2012, 0, 1);
const DAY = 86_400_000;

export function numberLocale() {
  const parts = new Intl.NumberFormat(LANGUAGES, { useGrouping: true }).formatToParts(12345678901.5);
  const part = (type, otherwise) => parts.find((each) => each.type === type)?.value ?? otherwise;
  const groups = parts.filter(({ type }) => type === "integer").map(({ value }) => value.length);
  // From the right; the leftmost may be cut short, and d3 repeats the list.
  const grouping = groups.slice(1).reverse();
  return {
    decimal: part("decimal", "."),
    thousands: part("group", ","),
    grouping: grouping.length ? grouping : [3],
    currency: ["$", ""],
    numerals: numerals(),
    percent: percent(),
  };
}

export function timeLocale() {
  const months = Array.from({ length: 12 }, (_, month) => Date.UTC(2012, month, 1));
  const days = Array.from({ length: 7 }, (_, day) => SUNDAY + day * DAY);
  const date = pattern({ dateStyle: "medium" });
  const time = pattern({ hour: "2-digit", minute: "2-digit" });
  return {
    dateTime: `${date} ${time}`,
    date,
    time,
    periods: [0, 12].map((hour) => period(hour)),
    days: named(days, { weekday: "long" }),
    shortDays: named(days, { weekday: "short" }),
    months: named(months, { month: "long" }),
    shortMonths: named(months, { month: "short" }),
  };
}

function named(moments, options) {
  const format = new Intl.DateTimeFormat(LANGUAGES, { ...NAMES, ...options });
  return moments.map((moment) => format.format(moment));
}

const DIRECTIVES = { year: "%Y", day: "%-d", hour: "%H", minute: "%M", dayPeriod: "%p" };

function pattern(options) {
  const format = new Intl.DateTimeFormat(LANGUAGES, { ...NAMES, ...options });
  const { hour12 } = format.resolvedOptions();
  const directive = ({ type, value }) => {
    if (type === "month") return /\d/.test(value) ? "%m" : "%b";
    if (type === "hour" && hour12) return "%-I";
    return DIRECTIVES[type] ?? value.replaceAll("%", "%%");
  };
  return format.formatToParts(SUNDAY).map(directive).join("");
}

function period(hour) {
  const format = new Intl.DateTimeFormat(LANGUAGES, { ...NAMES, hour: "numeric", hour12: true });
  const parts = format.formatToParts(SUNDAY + hour * 3_600_000);
  return parts.find(({ type }) => type === "dayPeriod")?.value ?? (hour < 12 ? "AM" : "PM");
}

function numerals() {
  const format = new Intl.NumberFormat(LANGUAGES, { useGrouping: false });
  return Array.from({ length: 10 }, (_, digit) => format.format(digit));
}

// d3 puts it after the number, whatever the language does.
function percent() {
  const parts = new Intl.NumberFormat(LANGUAGES, { style: "percent" }).formatToParts(0.5);
  const sign = parts.findIndex(({ type }) => type === "percentSign");
  if (sign <= 0) return "%";
  return parts.slice(sign - 1, sign + 1).filter(({ type }) => type !== "integer").map(({ value }) => value).join("");
}
