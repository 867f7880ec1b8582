// Vega-Lite charts. The bundle is fetched once, only where a chart needs it, and can fetch nothing itself.

import { isDate } from "./formats.js";
import { numberLocale, timeLocale } from "./locale.js";
import { isDark } from "./look.js";
import { showTooltip } from "./tooltip.js";
import { vegaTheme } from "./theme.js";
import { drawnValue } from "./types.js";

const COMPOSED = ["facet", "concat", "hconcat", "vconcat", "repeat", "spec"];
const REFUSING = {
  load: () => Promise.reject(new Error("A chart can load nothing.")),
  sanitize: () => Promise.reject(new Error("A chart can link to nothing.")),
};

let bundle = null;
let failures = 0;

// A browser may remember that a module failed, so each further try has an address of its own.
export function loadVega(url) {
  bundle ??= import(failures ? `${url}?again=${failures}` : url).catch((failure) => {
    bundle = null;
    failures += 1;
    throw failure;
  });
  return bundle;
}

// Draws into `place` and resolves to Vega's view, and a function that takes the drawing away again.
export async function draw(place, specification, data, url) {
  const { vegaEmbed } = await loadVega(url);
  place.dataset.drawn = isDark() ? "dark" : "light";
  const drawn = await vegaEmbed(place, complete(specification, data), {
    mode: "vega-lite",
    actions: false,
    ast: true,
    config: vegaTheme(),
    defaultStyle: false,
    formatLocale: numberLocale(),
    timeFormatLocale: timeLocale(),
    loader: REFUSING,
    logLevel: 1,
    renderer: "svg",
    tooltip: showTooltip,
  });
  return { view: drawn.view, clear: () => drawn.finalize() };
}

function complete(specification, { columns, rows, types }) {
  const cell = (value, index) => [columns[index], drawnValue(value, types[index])];
  const values = rows.map((row) => Object.fromEntries(row.map(cell)));
  const parse = Object.fromEntries(
    [...temporalFields(specification)]
      .filter((field) => values.some((value) => isDate(value[field])))
      .map((field) => [field, "date:'%Y-%m-%d'"]),
  );
  const data = { name: "table", values, ...(Object.keys(parse).length ? { format: { parse } } : {}) };
  const composed = COMPOSED.some((key) => key in specification);
  const size = composed
    ? {}
    : { width: "container", height: "container", autosize: { type: "fit", contains: "padding", resize: true } };
  return { ...size, ...specification, data };
}

// A date without a time means that day where the viewer is; JavaScript alone would read it as UTC
// and show the day before in America.
function temporalFields(part, fields = new Set()) {
  if (part === null || typeof part !== "object") return fields;
  if (typeof part.field === "string" && (part.type === "temporal" || part.timeUnit)) fields.add(part.field);
  for (const inner of Object.values(part)) temporalFields(inner, fields);
  return fields;
}
