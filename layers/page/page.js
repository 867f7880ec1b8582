// The embedded page: shows what the document brought, or asks until the results are there.

import { emptyCard, fillCard, kindOf } from "./cards.js";
import { loadVega } from "./drawing.js";
import { element } from "./elements.js";
import { momentText } from "./formats.js";
import { tell, tellHeight } from "./frame.js";
import { applyLook, onLookChange } from "./look.js";
import { fetchResults, passes, untilBack } from "./results.js";

const main = document.getElementById("embed");

start(JSON.parse(document.getElementById("embed-data").textContent));

function start(embed) {
  applyLook();
  tellHeight(document.body);
  if (embed.problem) {
    // The document says it already, in words; this tells the site and, where it may pass, waits.
    fail(embed.problem);
    if (passes(embed.problem)) untilBack(window.location.href).then(() => window.location.reload());
    return;
  }
  show(embed).catch((failure) => {
    const problem = failure.title ? failure : BROKEN;
    main.replaceChildren(problemSection(problem));
    fail(problem);
  });
}

async function show({ dashboard, results, results_url: resultsUrl, vega_url: vegaUrl }) {
  main.dataset.state = "loading";
  const cards = dashboard.charts.map(emptyCard);
  const status = element("p", { class: "loading", role: "status" }, "Loading");
  const grid = element("div", { class: "grid" }, ...cards);
  const footer = element("footer");
  main.replaceChildren(heading(dashboard), ...(results ? [] : [status]), grid, footer);
  if (!results) tell("loading");
  // Fetched while the query still runs; a failure shows where a chart needs it.
  if (dashboard.charts.some((chart) => kindOf(chart) === "vega_lite")) loadVega(vegaUrl).catch(() => {});
  const found = results ?? (await fetchResults(resultsUrl, (problem) => status.replaceChildren(problem.title)));
  const draw = drawer(dashboard.charts, cards, found.charts, vegaUrl);
  await draw();
  status.remove();
  footer.textContent = `Data as of ${momentText(found.computed_at)}`;
  main.dataset.state = "ready";
  tell("ready");
  onLookChange(draw);
}

// A function that fills all cards, and on later calls redraws those that are drawn. Text first: it is
// there at once, whatever the drawing needs.
function drawer(charts, cards, results, vegaUrl) {
  const clear = new Map();
  const fill = async (index) => {
    clear.get(index)?.();
    clear.set(index, await fillCard(cards[index], charts[index], results[index] ?? MISSING, vegaUrl));
  };
  const isDrawn = (index) => kindOf(charts[index]) === "vega_lite";
  const all = charts.map((_, index) => index);
  const filled = new Set();
  return async () => {
    const text = all.filter((index) => !isDrawn(index) && !filled.has(index));
    text.forEach((index) => filled.add(index));
    await Promise.all(text.map(fill));
    // One after another, so that the first is seen before the last is computed.
    for (const index of all.filter(isDrawn)) await fill(index);
  };
}

const BROKEN = { title: "This dashboard can't be shown", code: "page-failed", status: 0 };
const MISSING = { problem: { title: "This chart has no result." } };

function heading({ title, description }) {
  return element(
    "header",
    { class: "heading" },
    element("h1", {}, title),
    description ? element("p", { class: "description" }, description) : null,
  );
}

function problemSection(problem) {
  const detail = problem.detail ?? "Reload the page to try again.";
  return element("section", { class: "problem", role: "alert" }, element("h1", {}, problem.title), element("p", {}, detail));
}

function fail(problem) {
  main.dataset.state = "error";
  tell("error", { problem });
}
