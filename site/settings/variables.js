// A form for the variables that a visitor may set, as `GET /dashboards` tells them.

import { button, field, freshId, h } from "./elements.js";

/** `{element, env}`: `env()` gives what differs from the defaults. */
export function variableFields(variables) {
  const fields = Object.entries(variables).map(([name, variable]) => ({ name, variable, ...fieldOf(name, variable) }));
  const env = () => {
    const chosen = fields.map(({ name, variable, value }) => [name, value(), variable.default]);
    return Object.fromEntries(chosen.filter(([, value, usual]) => !isUsual(value, usual)).map(([name, value]) => [name, value]));
  };
  const element = fields.length
    ? fields.map((each) => each.element)
    : h("p", { class: "hint" }, "This dashboard has no variable that a visitor may set.");
  return { element, env };
}

function isUsual(value, usual) {
  const empty = value === null || value === "" || (Array.isArray(value) && !value.length);
  return empty || JSON.stringify(value) === JSON.stringify(usual ?? null);
}

function fieldOf(name, variable) {
  if (variable.list) return variable.choices ? checkboxes(name, variable) : listOf(name, variable);
  return variable.choices || variable.type === "boolean" ? choice(name, variable) : single(name, variable);
}

function checkboxes(name, { title, choices, default: usual }) {
  const boxes = choices.map((each) => h("input", { type: "checkbox", checked: (usual ?? []).includes(each) }));
  const labels = boxes.map((box, at) => h("label", {}, box, ` ${choices[at]}`));
  return {
    element: group(name, title, h("div", { class: "boxes" }, labels)),
    value: () => choices.filter((_, at) => boxes[at].checked),
  };
}

function choice(name, { title, choices, default: usual }) {
  const values = choices ?? [true, false];
  const none = usual === null || usual === undefined ? [h("option", { value: "" }, "Not set")] : [];
  const options = values.map((each, at) => h("option", { value: String(at), selected: each === usual }, String(each)));
  const select = h("select", {}, [...none, ...options]);
  return {
    element: field(labelOf(name, title), select),
    value: () => (select.value === "" ? null : values[Number(select.value)]),
  };
}

function single(name, variable) {
  const input = inputOf(variable, variable.default);
  return { element: field(labelOf(name, variable.title), input), value: () => valueOf(input, variable.type) };
}

/** As many inputs as the default has values, and more on demand. */
function listOf(name, variable) {
  const { title, type, default: usual } = variable;
  const inputs = h("div", { class: "list" });
  const add = (value) => {
    const input = inputOf(variable, value);
    input.setAttribute("aria-label", `${title}, value ${inputs.children.length + 1}`);
    inputs.append(input);
    return input;
  };
  for (const value of usual?.length ? usual : [""]) add(value);
  const more = button("Add a value", () => add("").focus(), { look: "quiet" });
  return {
    element: group(name, title, inputs, more),
    value: () => [...inputs.children].map((input) => valueOf(input, type)).filter((each) => each !== null),
  };
}

function group(name, title, ...content) {
  return h("fieldset", { class: "field" }, h("legend", {}, labelOf(name, title)), ...content);
}

function labelOf(name, title) {
  return [title, " ", h("code", {}, name)];
}

function inputOf({ type, min, max }, value) {
  const kind = { number: "number", date: "date" }[type] ?? "text";
  const step = kind === "number" ? "any" : null;
  return h("input", { id: freshId("value"), type: kind, min, max, step, value: value ?? "", autocomplete: "off" });
}

function valueOf(input, type) {
  if (input.value === "") return null;
  return type === "number" ? Number(input.value) : input.value;
}
