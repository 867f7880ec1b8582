// What a drawn chart says of its fields: their titles and formats, for the table of its data.

import { dateFormat, numberFormat } from "./formats.js";
import { isNumeric } from "./types.js";

// `{titles, formats}` by the columns' names. What the tooltip says comes first: it is written for reading.
export function described(specification, { columns, types }) {
  const encoded = [...encodings(specification)];
  const titles = {};
  const formats = {};
  columns.forEach((column, index) => {
    const about = encoded.filter(({ field }) => field === column);
    const text = (of) => about.map(of).find((each) => typeof each === "string");
    const specifier = text(({ format }) => format) ?? text(({ axis }) => axis?.format);
    const format = specifier && (isNumeric(types[index]) ? numberFormat(specifier) : dateFormat(specifier));
    titles[column] = text(({ title }) => title);
    if (format) formats[column] = format;
  });
  return { titles, formats };
}

// A channel that sums or groups speaks of something else than what is in the rows.
function* encodings(part) {
  if (part === null || typeof part !== "object") return;
  const { tooltip, ...channels } = Object(part.encoding);
  for (const each of [tooltip ?? [], ...Object.values(channels)].flat()) {
    if (each?.field && !each.aggregate && !each.bin) yield each;
  }
  for (const inner of Object.values(part)) if (inner !== part.encoding) yield* encodings(inner);
}
