// A reset: first what it will break, then the organization's name, then it is done.

import { Refusal } from "./api.js";
import { confirmed } from "./dialogs.js";
import { h, table } from "./elements.js";
import { count, counted } from "./formats.js";

/** Resolves with the reset's answer, or null where it wasn't done. */
export async function resetDialog(api, slug) {
  const asking = api.post("/secret/reset", {}).then(
    () => { throw new Refusal({ title: "The reset asked for no confirmation, and was done" }); },
    (refusal) => {
      if (refusal.problem?.code !== "confirmation-needed") throw refusal;
      return refusal.problem;
    },
  );
  const key = crypto.randomUUID();
  const body = await asking.then(breaks, (error) => error);
  return confirmed({
    title: "Reset the secret?",
    body: body instanceof Error ? unknown(body) : body,
    yes: "Reset the secret",
    look: "danger",
    typed: slug,
    act: () => api.post("/secret/reset", { confirm: slug }, key),
  });
}

function breaks({ live_tokens: live, dashboards }) {
  const rows = dashboards.map((each) => [each.title ?? `Dashboard ${each.dashboard}, which is gone`, count(each.live_tokens)]);
  return [
    h(
      "p",
      {},
      live
        ? [h("strong", {}, `${counted(live, "live token")} ${live === 1 ? "stops" : "stop"} working at once`), ", for whoever is looking:"]
        : "No token is live now. Those that were never opened stop working too.",
    ),
    live ? table("Live tokens of each dashboard", ["Dashboard", "Live tokens"], rows, [1]) : null,
    h("p", {}, "Pages that mint get new tokens by themselves. Programs that sign with the secret fail until they have the new one."),
  ];
}

function unknown(error) {
  return [
    h("p", { class: "notice" }, `What it will break can't be said now: ${error.message}.`),
    h("p", {}, "A reset refuses every embed that is live."),
  ];
}
