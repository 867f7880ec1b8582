// New-token embeds for each dashboard and day.

import { chart } from "../chart.js";
import { csvText } from "../csv.js";
import { download } from "../downloading.js";
import { daysBetween, mistakeIn, shifted, today } from "../days.js";
import { button, card, field, freshId, h, heading, table } from "../elements.js";
import { count, day } from "../formats.js";
import { loaded } from "../loading.js";
import { seriesOf, titleOf } from "../series.js";

const SPANS = [7, 30, 90, 365];
const DEFAULT_SPAN = 30;

export function showUsage({ api, signal, organization }) {
  const range = rangeForm(() => content.reload());
  const content = loaded(
    signal,
    () => api.get("/usage", range.chosen()),
    (usage) => drawn(usage, organization, signal),
  );
  const intro = h(
    "p",
    { class: "intro" },
    "How often a dashboard was requested with a completely new token, which is how often its queries ran. ",
    "Requests after that are served from the stored results and aren't counted.",
  );
  return [heading("Usage"), intro, range.element, content];
}

/** Days of UTC: a preset, or any two. */
function rangeForm(changed) {
  const name = freshId("span");
  const from = h("input", { type: "date", required: true });
  const to = h("input", { type: "date", required: true });
  const mistake = h("p", { class: "mistake", role: "alert" });
  const preset = (days) => {
    to.value = today();
    from.value = shifted(to.value, 1 - days);
  };
  const chosenByHand = () => {
    for (const radio of radios.querySelectorAll("input")) radio.checked = false;
    apply();
  };
  const apply = () => {
    mistake.textContent = mistakeIn(from.value, to.value) ?? "";
    if (!mistake.textContent) changed();
  };
  const radio = (days) =>
    h(
      "label",
      {},
      h("input", {
        type: "radio", name, value: days, checked: days === DEFAULT_SPAN,
        onchange: () => { preset(days); apply(); },
      }),
      `${days} days`,
    );
  const radios = h("fieldset", { class: "segments" }, h("legend", { class: "unseen" }, "Range"), SPANS.map(radio));
  from.addEventListener("change", chosenByHand);
  to.addEventListener("change", chosenByHand);
  preset(DEFAULT_SPAN);
  const element = h("div", { class: "range" }, radios, field("From", from), field("To", to), mistake);
  return { element, chosen: () => ({ from: from.value, to: to.value }) };
}

function drawn(usage, organization, signal) {
  const series = seriesOf(usage);
  const length = daysBetween(usage.from, usage.to).length;
  const busiest = series.bars.reduce((best, bar) => (bar.total > best.total ? bar : best));
  const each = series.weekly ? "week" : "day";
  const numbers = h(
    "dl",
    { class: "numbers" },
    number("New-token embeds", count(usage.total), `${day(usage.from)} to ${day(usage.to)}`),
    number("A day", average(usage.total / length), "on average"),
    number(`Busiest ${each}`, count(busiest.total), usage.total ? busiest.name : "none yet"),
  );
  if (!usage.total) return [numbers, empty()];
  const title = `New-token embeds by ${each}`;
  return [
    numbers,
    card(title, chart(series, `${title}: move along with the arrow keys`, signal)),
    card(
      "By dashboard",
      totals(usage),
      h("details", {}, h("summary", {}, "Every day as a table"), everyDay(usage)),
      h("p", { class: "actions" }, button("Download CSV", () => download(fileName(organization, usage), csvText(tableOf(usage))))),
    ),
  ];
}

function average(value) {
  const least = 0.1;
  return value > 0 && value < least ? `< ${count(least)}` : count(Math.round(value / least) * least);
}

function number(name, value, note) {
  return h("div", { class: "card" }, h("dt", {}, name), h("dd", {}, value, h("small", {}, note)));
}

function empty() {
  return h(
    "div",
    { class: "card empty" },
    h("p", {}, h("strong", {}, "Nothing was embedded in these days.")),
    h("p", {}, h("a", { href: "#/dashboards" }, "Try a dashboard"), " and it is counted here."),
  );
}

function totals({ dashboards, total }) {
  const rows = [...dashboards]
    .sort((one, other) => other.total - one.total)
    .map((each) => [nameOf(each), count(each.total), share(each.total, total)]);
  return table("Totals", ["Dashboard", "New-token embeds", "Share"], [...rows, [h("strong", {}, "All"), h("strong", {}, count(total)), ""]], [1]);
}

function nameOf(dashboard) {
  const title = titleOf(dashboard);
  return dashboard.slug ? h("a", { href: `#/dashboards/${dashboard.dashboard}` }, title) : title;
}

function share(part, whole) {
  const text = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 }).format(part / whole);
  return h("span", { class: "share" }, h("meter", { min: 0, max: whole, value: part, "aria-label": `Share: ${text}` }), text);
}

function everyDay({ from, to, dashboards }) {
  const counts = dashboards.map(({ days }) => new Map(days.map((each) => [each.date, each.count])));
  const rows = daysBetween(from, to).reverse().map((date) => [day(date), ...counts.map((of) => count(of.get(date) ?? 0))]);
  return table("New-token embeds for each day", ["Day", ...dashboards.map(titleOf)], rows, dashboards.map((_, at) => at + 1));
}

function tableOf({ from, to, dashboards }) {
  const rows = dashboards.flatMap(({ dashboard, slug, title, days }) => {
    const counts = new Map(days.map((each) => [each.date, each.count]));
    return daysBetween(from, to).map((date) => [date, dashboard, slug, title, counts.get(date) ?? 0]);
  });
  return { columns: ["date", "dashboard", "slug", "title", "new_token_embeds"], rows };
}

function fileName(organization, { from, to }) {
  return `usage-${organization}-${from}-${to}.csv`;
}
