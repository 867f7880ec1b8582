// Who did what to the secret and the revocations, when, and from where.

import { card, h, heading, moment, table, tableRow } from "../elements.js";
import { when } from "../formats.js";
import { loaded } from "../loading.js";
import { more } from "../paged.js";

const COLUMNS = ["When", "Who", "What", "About", "From"];
const LIMIT = 25;
const ACTIONS = {
  "secret-created": "Made the first secret",
  "secret-revealed": "Saw the secret",
  "secret-rotated": "Rotated the secret",
  "secret-reset": "Reset the secret",
  "rotation-found-done": "Asked for a rotation that was under way",
  "reset-found-done": "Asked again for a reset that was done",
  revoked: "Revoked",
  "revocation-undone": "Undid a revocation",
};

export function showAudit({ api, signal }) {
  const load = (next) => api.get("/audit", { limit: LIMIT, ...(next ? { next } : {}) });
  const content = loaded(signal, () => load(), (first) => {
    if (!first.entries.length) {
      return h("div", { class: "card empty" }, h("p", {}, h("strong", {}, "Nothing has been done yet.")), h("p", {}, "A look at the secret is the first thing that would stand here."));
    }
    const entries = table("Audit, the newest first", COLUMNS, first.entries.map(cells));
    const row = (entry) => tableRow(COLUMNS, cells(entry));
    return card("Newest first", entries, more(first, { name: "entries", load, row, tbody: entries.tBodies[0], signal }));
  });
  const intro = h("p", { class: "intro" }, "Entries are only ever added. What can't be written here isn't done.");
  return [heading("Audit"), intro, content];
}

function cells({ at, actor, address, action, about }) {
  const look = { "secret-reset": "pill bad", "secret-rotated": "pill good" }[action] ?? "pill";
  return [
    moment(when(at)),
    actor || "Somebody without a name",
    h("span", { class: look }, ACTIONS[action] ?? action),
    h("code", {}, about),
    address ? h("code", {}, address) : "The pack itself",
  ];
}
