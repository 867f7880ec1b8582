// The embedded page: shows what the document brought, or asks until the results are there.

import { emptyCard, fillCard, kindOf } from "./cards.js";
import { loadVega } from "./drawing.js";
import { element } from "./elements.js";
import { watchEnd } from "./ending.js";
import { momentText } from "./formats.js";
import { tell, tellHeight } from "./frame.js";
import { applyLook, onLookChange } from "./look.js";
import { againButton, emptyNotice, keepTrying, problemSection, showNotice } from "./notices.js";
import { ask, fetchResults, hurry } from "./results.js";
import { withTypes } from "./types.js";

const BROKEN = { title: "This dashboard can't be shown", code: "page-failed", status: 0 };
const MISSING = { problem: { title: "This chart has no result." } };

const main = document.getElementById("embed");

start(JSON.parse(document.getElementById("embed-data").textContent));

function start(embed) {
  applyLook();
  tellHeight(document.body);
  if (embed.problem) {
    // The document says it already, in words; this tells the site and, where it may pass, waits.
    fail(embed.problem);
    keepTrying(embed.problem, main.querySelector(".problem"));
    return;
  }
  show(embed).catch((failure) => {
    const problem = failure.title ? failure : BROKEN;
    main.replaceChildren(problemSection(problem, embed.advice));
    fail(problem);
  });
}

async function show(embed) {
  const { dashboard, results, results_url: resultsUrl, advice } = embed;
  const vegaUrl = new URL(embed.vega_url, document.baseURI).href; // or import() takes it from this script's
  const { charts, downloads = false } = dashboard;
  main.dataset.state = "loading";
  const cards = charts.map((chart, index) => emptyCard(chart, index, downloads));
  const status = element("p", { class: "loading", role: "status" }, results ? null : "Loading");
  const notice = emptyNotice();
  const footer = element("footer");
  main.replaceChildren(heading(dashboard), status, notice, element("div", { class: "grid" }, ...cards), footer);
  if (!results) tell("loading");
  // Fetched while the query still runs; a failure shows where a chart needs it.
  if (charts.some((chart) => kindOf(chart) === "vega_lite")) loadVega(vegaUrl).catch(() => {});
  const onTrouble = (problem) =>
    problem ? showNotice(notice, problem, advice, againButton(hurry)) : notice.replaceChildren();
  const { fill, redraw } = drawer(charts, cards, { vegaUrl, downloads });
  onLookChange(redraw);
  const answer = results ?? (await fetchResults(resultsUrl, { onTrouble, onCharts: fill }));
  notice.replaceChildren();
  await fill(answer.charts, MISSING);
  status.replaceChildren();
  footer.textContent = `Data as of ${momentText(answer.computed_at)}`;
  main.dataset.state = "ready";
  tell("ready");
  watchEnd({
    expiresAt: answer.expires_at,
    servedAt: embed.served_at,
    ask: () => ask(resultsUrl),
    onEnd(problem) {
      showNotice(notice, problem, advice);
      main.dataset.state = "expired";
      tell("expired", { problem });
    },
  });
}

// `fill` takes the results that are there, and fills those cards that aren't filled yet: with `missing` all
// that are left. `redraw` draws anew what was drawn. Text comes first: it is there at once, whatever the drawing needs.
function drawer(charts, cards, how) {
  const results = new Map();
  const clear = new Map();
  const isDrawn = (index) => kindOf(charts[index]) === "vega_lite";
  const show = async (index) => {
    const again = () => show(index);
    const cleared = clear.get(index);
    clear.set(index, await fillCard(cards[index], charts[index], results.get(index), { ...how, again }));
    cleared?.();
  };
  const showAll = async (indexes) => {
    await Promise.all(indexes.filter((index) => !isDrawn(index)).map(show));
    for (const index of indexes.filter(isDrawn)) {
      await painted();
      await show(index);
    }
  };
  // One drawing at a time, or an older one might come last and stay.
  let last = Promise.resolve();
  return {
    fill(arrived, missing = null) {
      const fresh = [...charts.keys()].filter((index) => !results.has(index) && (resultOf(charts, index, arrived) ?? missing));
      for (const index of fresh) results.set(index, withTypes(resultOf(charts, index, arrived) ?? missing));
      return (last = last.then(() => showAll(fresh)));
    },
    redraw() {
      return (last = last.then(() => showAll([...results.keys()].filter(isDrawn))));
    },
  };
}

// By its slug: results arrive in any order. Those from before charts had slugs were all there, in order.
function resultOf(charts, index, arrived) {
  return arrived.find(({ slug }) => slug && slug === charts[index].slug) ?? (arrived[index]?.slug ? undefined : arrived[index]);
}

// What is done so far is seen before the next chart is computed. A frame that isn't in view paints
// nothing, so it isn't waited for.
function painted() {
  return new Promise((resolve) => setTimeout(resolve));
}

function heading({ title, description }) {
  return element(
    "header",
    { class: "heading" },
    element("h1", {}, title),
    description ? element("p", { class: "description" }, description) : null,
  );
}

function fail(problem) {
  main.dataset.state = "error";
  tell("error", { problem });
}
