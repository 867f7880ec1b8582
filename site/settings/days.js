// Days of UTC as ISO text, as the API counts them.

const DAY = 86_400_000;
export const MOST_DAYS = 400;

export function today() {
  return iso(Date.now());
}

export function shifted(day, by) {
  return iso(Date.parse(day) + by * DAY);
}

/** Every day from the one to the other, both included. */
export function daysBetween(from, to) {
  const length = Math.round((Date.parse(to) - Date.parse(from)) / DAY) + 1;
  return Array.from({ length: Math.max(0, length) }, (_, at) => shifted(from, at));
}

/** What is wrong with a range, or null. */
export function mistakeIn(from, to) {
  if (!from || !to) return "Choose both days.";
  if (from > to) return "The first day must not be after the last one.";
  if (daysBetween(from, to).length > MOST_DAYS) return `Choose at most ${MOST_DAYS} days.`;
  return null;
}

/** The Monday of a day's week. */
export function weekOf(day) {
  return shifted(day, -((new Date(Date.parse(day)).getUTCDay() + 6) % 7));
}

function iso(milliseconds) {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
