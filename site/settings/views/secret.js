// The embed secret: its value for a moment, its keys, its next change.

import { confirmed } from "../dialogs.js";
import { button, card, h, heading, moment, table } from "../elements.js";
import { counted, fromNow, span, when } from "../formats.js";
import { loaded } from "../loading.js";
import { resetDialog } from "../resetting.js";
import { revealer } from "../revealing.js";

export function showSecret(context) {
  const result = h("div");
  let drawn = new AbortController();
  const content = loaded(context.signal, () => context.api.get("/secret"), (secret) => {
    drawn.abort(); // a value that is in sight goes with what was drawn before
    drawn = new AbortController();
    const here = { ...context, signal: AbortSignal.any([context.signal, drawn.signal]) };
    return [valueCard(here, secret), keysCard(secret), changeCard(context, secret, show)];
  });
  function show(text) {
    const notice = h("p", { class: "notice good", tabindex: "-1" }, text);
    result.replaceChildren(notice);
    notice.focus();
    content.reload();
  }
  return [heading("Embed secret"), intro(), result, content];
}

function intro() {
  return h(
    "p",
    { class: "intro" },
    "Programs sign embed tokens with it. Whoever has it can see every dashboard with any variables, so it ",
    "belongs on a server, never in a page.",
  );
}

/** By the pack's clock: the reader's may be wrong. */
function clockOf([key]) {
  return key.created_at + key.age;
}

function valueCard(context, { keys, next_rotation_at: next }) {
  const [newest] = keys;
  const now = clockOf(keys);
  const left = next - now;
  const facts = [
    ["Key", h("code", {}, newest.kid)],
    ["Age", [span(newest.age), h("small", {}, `Made ${when(newest.created_at)}`)]],
    ["Next rotation", [left > 0 ? fromNow(left) : "Due now", h("small", {}, when(next))]],
  ];
  return card(
    "The newest secret",
    revealer(context),
    newest.signs_from > now
      ? h("p", { class: "hint" }, `It is new: every function knows it ${fromNow(newest.signs_from - now)}. Let programs wait for that.`)
      : null,
    h("dl", { class: "facts" }, facts.map(([name, fact]) => h("div", {}, h("dt", {}, name), h("dd", {}, fact)))),
    h("meter", {
      class: "wide", min: 0, max: next - newest.created_at || 1, value: newest.age, "aria-label": "Time until the next rotation that has passed",
    }),
  );
}

function keysCard({ keys, grace }) {
  const now = clockOf(keys);
  const rows = keys.map((key) => [
    h("code", {}, key.kid),
    moment(when(key.created_at)),
    span(key.age),
    key.signs ? pill("Signs", "good") : key.signs_from > now ? pill(`Signs ${fromNow(key.signs_from - now)}`) : "No longer",
    !key.verifies
      ? pill("No longer", "bad")
      : key.verifies_until === null
        ? pill("Until it is replaced", "good")
        : h("span", {}, pill(`Until ${when(key.verifies_until)}`), " ", fromNow(key.verifies_until - now)),
  ]);
  return card(
    "Keys",
    h("p", { class: "hint" }, `After a rotation the key before it verifies for another ${span(grace)}.`),
    table("Keys, the newest first", ["Key", "Made", "Age", "Signs", "Verifies"], rows),
  );
}

function pill(text, look) {
  return h("span", { class: ["pill", look].filter(Boolean).join(" ") }, text);
}

function changeCard({ api, organization }, { grace, slug }, show) {
  const rotate = async () => {
    const key = crypto.randomUUID(); // pressed twice, it is one rotation
    const done = await confirmed({
      title: "Rotate the secret?",
      body: h(
        "p",
        {},
        `A new key is made, and signs in a moment. The present one verifies for another ${span(grace)}: `,
        "until then, give the new secret to every program that holds the old one. No live embed breaks.",
      ),
      yes: "Rotate",
      act: () => api.post("/secret/rotate", undefined, key),
    });
    if (done) show(`Rotated. Key ${done.keys[0].kid} is the newest.`);
  };
  const reset = async () => {
    const done = await resetDialog(api, slug ?? organization);
    if (done) show(`Reset. ${died(done)} died, and every program needs the new secret.`);
  };
  return card(
    "Change it",
    h(
      "div",
      { class: "choices-two" },
      action("Rotate", "A new secret now, and nothing breaks: the present one goes on verifying for a while.", button("Rotate…", rotate)),
      action(
        "Reset",
        "For a secret that has leaked. Every embed of every dashboard is refused at once.",
        button("Reset…", reset, { look: "danger" }),
      ),
    ),
  );
}

function died({ live_tokens: live }) {
  return live === null ? "What was live" : counted(live, "live token");
}

function action(title, text, control) {
  return h("div", { class: "action" }, h("h3", {}, title), h("p", { class: "hint" }, text), h("p", {}, control));
}
