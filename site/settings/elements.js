// Elements from code. Text only ever goes in as text, so no value can become markup.

/** `properties`: `on…` are listeners; false, null and undefined are left out; all else are attributes. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

let numbered = 0;

/** An id that nothing else on the page has. */
export function freshId(stem) {
  return `${stem}-${++numbered}`;
}

/**
 * A button. `look` is a class: `primary`, `danger` or `quiet`.
 * @param {string} text
 * @param {() => void} onclick
 * @param {{ look?: string, [property: string]: unknown }} [properties]
 */
export function button(text, onclick, { look, ...more } = {}) {
  return h("button", { type: "button", class: look, onclick, ...more }, text);
}

export function heading(text) {
  return h("h1", { tabindex: "-1" }, text);
}

export function card(title, ...content) {
  const id = freshId("card");
  return h("section", { class: "card", "aria-labelledby": id }, h("h2", { id }, title), ...content);
}

/** A date with its time, which a table shouldn't break. */
export function moment(text) {
  return h("span", { class: "moment" }, text);
}

/** A label, its control, and what there is to say about it. */
export function field(text, control, hint) {
  control.id ||= freshId("field");
  const hintId = hint ? `${control.id}-hint` : null;
  if (hintId) control.setAttribute("aria-describedby", hintId);
  return h(
    "div",
    { class: "field" },
    h("label", { for: control.id }, text),
    control,
    hint ? h("p", { class: "hint", id: hintId }, hint) : null,
  );
}

/** A table that folds into cards where there is no room. `rows` are lists of cells: text or elements.
 * `numbers` says which columns hold numbers, by their places. */
export function table(caption, columns, rows, numbers = []) {
  const head = (column, at) => {
    return h("th", { scope: "col", role: "columnheader", class: numbers.includes(at) && "number" }, column);
  };
  // Folded by CSS, a table is none for assistive technology unless it says so.
  return h(
    "table",
    { class: "folding", role: "table" },
    h("caption", { class: "unseen" }, caption),
    h(
      "thead",
      { role: "rowgroup" },
      h("tr", { role: "row" }, columns.map(head)),
    ),
    h("tbody", { role: "rowgroup" }, rows.map((cells) => tableRow(columns, cells, numbers))),
  );
}

/** Each cell says which column it is of. */
export function tableRow(columns, cells, numbers = []) {
  const content = cells.map((cell, at) => {
    return h("td", { role: "cell", "data-column": columns[at], class: numbers.includes(at) && "number" }, cell ?? "");
  });
  return h("tr", { role: "row" }, content);
}
