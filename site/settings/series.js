// Usage as bars: one for each day, or for each week where days would be too many to see.

import { daysBetween, weekOf } from "./days.js";
import { brief, day } from "./formats.js";

const MOST_BARS = 100;

/** `{dashboards: [{title, …}], bars: [{label, name, counts}]}`, counts in the dashboards' order. */
export function seriesOf(usage) {
  const days = daysBetween(usage.from, usage.to);
  const weekly = days.length > MOST_BARS;
  const key = weekly ? weekOf : (each) => each;
  const dashboards = [...usage.dashboards].sort((one, other) => other.total - one.total);
  const bars = new Map(days.map((each) => [key(each), dashboards.map(() => 0)]));
  dashboards.forEach(({ days: counted }, at) => {
    for (const { date, count } of counted) bars.get(key(date))[at] += count;
  });
  return {
    weekly,
    dashboards: dashboards.map((each) => ({ ...each, title: titleOf(each) })),
    bars: [...bars].map(([start, counts]) => ({
      label: brief(start),
      name: weekly ? `Week of ${day(start)}` : day(start),
      counts,
      total: counts.reduce((sum, each) => sum + each, 0),
    })),
  };
}

export function titleOf({ title, dashboard }) {
  return title ?? `Dashboard ${dashboard} (gone)`;
}

/** Round numbers from 0 to past `most`, few of them. */
export function ticksFor(most) {
  const rough = Math.max(1, most / 4);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const ticks = Math.max(1, Math.ceil(most / step));
  return Array.from({ length: ticks + 1 }, (_, at) => at * step);
}
