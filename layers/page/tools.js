// What a viewer can do with a chart: see its data as a table, and save it where the dashboard allows.

import { csvFile } from "./csv.js";
import { element } from "./elements.js";
import { described } from "./fields.js";
import { valueText } from "./formats.js";
import { pictureFile } from "./picture.js";
import { fileName, save } from "./saving.js";
import { tableOf } from "./tables.js";
import { isNumeric } from "./types.js";

// The card's last line, with its place kept before anything is in it.
export function emptyTools() {
  return element("div", { class: "tools" });
}

// `view` is Vega's, or null for a table.
export function fillTools(card, chart, result, view, downloads) {
  const tools = card.querySelector(".tools");
  if (!tools) return;
  const active = /** @type {HTMLElement | null} */ (document.activeElement);
  const focused = active?.closest(".tools") === tools ? active.dataset.tool : null;
  const made = [view ? dataButton(card, chart, result) : null, ...(downloads ? files(chart, result, view) : [])];
  tools.replaceChildren(...made.filter(Boolean));
  // A redraw mustn't take the keyboard's place away.
  if (focused) tools.querySelector(`[data-tool="${focused}"]`)?.focus();
}

// In the picture's place and of its size, so that nothing around it moves.
function dataButton(card, chart, result) {
  const content = card.querySelector(".content");
  const made = button("data", "Show data", `Show data of ${chart.title}`);
  const show = (wanted) => {
    content.querySelector(".data")?.remove();
    content.dataset.view = wanted ? "data" : "chart";
    if (wanted) content.append(element("div", { class: "data" }, tableOf(chart.title, result, described(chart.vega_lite, result))));
    made.setAttribute("aria-pressed", String(wanted));
  };
  made.addEventListener("click", () => show(content.dataset.view !== "data"));
  show(content.dataset.view === "data");
  return made;
}

function files(chart, result, view) {
  const part = "cut" in result ? `, the first ${valueText(result.rows.length)} rows` : "";
  const csv = button("csv", "CSV", `Download CSV of ${chart.title}${part}`);
  csv.addEventListener("click", () => save(csvFile({ ...result, numeric: result.types.map(isNumeric) }), fileName(chart.title, "csv")));
  if (!view) return [csv];
  const png = button("png", "PNG", `Download PNG of ${chart.title}`);
  png.addEventListener("click", async () => save(await pictureFile(view, chart), fileName(chart.title, "png")));
  return [csv, png];
}

function button(tool, text, label) {
  return element("button", { type: "button", class: "tool", "data-tool": tool, "aria-label": label, title: label }, text);
}
