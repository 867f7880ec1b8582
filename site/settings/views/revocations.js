// What is refused from now on: a viewer, a dashboard or one token; and undoing it.

import { announce } from "../announcing.js";
import { confirmed } from "../dialogs.js";
import { button, card, field, freshId, h, heading, moment, table, tableRow } from "../elements.js";
import { when } from "../formats.js";
import { loaded } from "../loading.js";
import { more } from "../paged.js";
import { problemBox } from "../problems.js";
import { titleOf } from "../series.js";

const COLUMNS = ["Level", "Refused", "Since", "By", "Until", "Undo"];
const LIMIT = 25;
// Most dashboards' tokens name no viewer, so there is nothing in them to refuse.
const OF_A_VIEWER = `Within a second they get no new URL, on any dashboard. URLs that they hold end at once only on dashboards
  that are bound to their viewer. On others a URL says nothing of who holds it, and lives until it expires, 24 hours
  at most. Revoking its dashboard or its token ends it, and so does a reset.`;
const LEVELS = {
  viewer: { title: "Viewer", label: "Sub of the viewer", hint: OF_A_VIEWER },
  dashboard: { title: "Dashboard", label: "Which dashboard", hint: "Every embed of it is refused from the next request on, for everybody." },
  token: { title: "Token", label: "Token or URL", hint: "It is refused from the next request on. A URL in which it stands will do. Only its hash is kept, until it ends." },
};

export function showRevocations(context) {
  const { api, signal } = context;
  const load = (next) => api.get("/revocations", { limit: LIMIT, ...(next ? { next } : {}) });
  const content = loaded(
    signal,
    async () => ({ first: await load(), dashboards: (await api.get("/usage")).dashboards }),
    ({ first, dashboards }) => [
      card("Revoke", revokeForm(api, dashboards, changed)),
      card("Revoked", listed(first, dashboards)),
    ],
  );

  async function changed(text) {
    await content.reload();
    announce(text);
    content.querySelector("h2 ~ *, h2")?.closest("section")?.querySelector("input, button")?.focus();
  }

  function listed(first, dashboards) {
    if (!first.revocations.length) return h("p", { class: "empty" }, "Nothing is revoked.");
    const cells = (each) => cellsOf(each, dashboards, undo);
    const element = table("Revocations", COLUMNS, first.revocations.map(cells));
    const row = (each) => tableRow(COLUMNS, cells(each));
    return [element, more(first, { name: "revocations", load, row, tbody: element.tBodies[0], signal })];
  }

  async function undo(revocation, name) {
    const done = await confirmed({
      title: "Undo this revocation?",
      body: h("p", {}, `${name} is let in again at once.`),
      yes: "Undo it",
      act: async () => {
        await api.remove(`/revocations/${encodeURIComponent(revocation.id)}`);
        return true;
      },
    });
    if (done) changed(`${name} is let in again`);
  }

  const intro = h("p", { class: "intro" }, "What is revoked is refused until that is undone.");
  return [heading("Revocations"), intro, content];
}

function cellsOf(revocation, dashboards, undo) {
  const { level } = revocation;
  const target = revocation[level];
  const name = level === "dashboard" ? dashboardOf(target, dashboards) : level === "token" ? `Token ${target.slice(0, 12)}…` : target;
  return [
    h("span", { class: "pill" }, LEVELS[level]?.title ?? level),
    level === "token" ? h("code", { title: target }, `${target.slice(0, 12)}…`) : name,
    moment(when(revocation.at)),
    revocation.actor,
    revocation.until === null ? "It is undone" : when(revocation.until),
    button("Undo", () => undo(revocation, name), { look: "quiet", "aria-label": `Undo the revocation of ${name}` }),
  ];
}

function dashboardOf(id, dashboards) {
  const known = dashboards.find(({ dashboard }) => String(dashboard) === String(id));
  return known ? titleOf(known) : `Dashboard ${id}`;
}

function revokeForm(api, dashboards, changed) {
  const problem = h("div");
  const target = h("div");
  const name = freshId("level");
  let level = "viewer";
  let control;
  const choose = (chosen) => {
    level = chosen;
    control = controlOf(level, dashboards);
    target.replaceChildren(field(LEVELS[level].label, control, LEVELS[level].hint));
    problem.replaceChildren();
  };
  const radios = Object.entries(LEVELS).map(([key, { title }]) =>
    h("label", {}, h("input", { type: "radio", name, checked: key === level, onchange: () => choose(key) }), title),
  );
  choose(level);

  async function revoke(event) {
    event.preventDefault();
    const value = level === "token" ? tokenIn(control.value) : control.value;
    const send = () => api.post("/revocations", { [level]: value });
    try {
      const done = level === "dashboard" ? await confirmed(refusing(control, send)) : await send();
      if (done) changed("Revoked");
    } catch (error) {
      problem.replaceChildren(problemBox(error));
    }
  }

  return h(
    "form",
    { onsubmit: revoke, autocomplete: "off" },
    h("fieldset", { class: "segments" }, h("legend", {}, "Refuse a"), radios),
    target,
    problem,
    h("p", { class: "actions" }, h("button", { type: "submit", class: "danger" }, "Revoke")),
  );
}

function controlOf(level, dashboards) {
  const properties = { required: true, autocomplete: "off", spellcheck: "false" };
  if (level !== "dashboard") return h("input", { type: "text", ...properties });
  const options = dashboards.map((each) => h("option", { value: String(each.dashboard) }, titleOf(each)));
  return h("select", properties, options);
}

function refusing(select, act) {
  const title = select.selectedOptions[0].textContent;
  return {
    title: `Refuse ${title}?`,
    body: h("p", {}, "Every embed of it is refused from the next request on, for every customer."),
    yes: "Revoke the dashboard",
    look: "danger",
    act,
  };
}

/** The token in whatever was pasted: a URL of either form, or the token alone. */
function tokenIn(text) {
  return text.trim().match(/[\w-]+\.[\w-]+\.[\w-]+(?=[/?#&"'>\s]|$)/)?.[0] ?? text.trim();
}
