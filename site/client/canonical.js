// The same text for the same values, in whatever order their names are.
/** @param {unknown} value */
export function canonical(value) {
  return JSON.stringify(value, (_, each) => {
    if (!each || typeof each !== "object" || Array.isArray(each)) return each;
    return Object.fromEntries(Object.keys(each).sort().map((name) => [name, each[name]]));
  });
}
