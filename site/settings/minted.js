// What minting gave: the URL and its length, the token's readable parts, and the live embed.

import { copyButton } from "./copying.js";
import { readToken } from "./encoding.js";
import { freshId, h } from "./elements.js";
import { count, span, when } from "./formats.js";
import { problemBox } from "./problems.js";

const LONGEST = 2038;
const HIGHEST = 20_000; // pixels that an embed may ask for

export function minted(answer, signal) {
  const { header, payload } = readToken(answer.url.slice(answer.url.lastIndexOf("/") + 1));
  return [
    part(
      "URL",
      h("p", { class: "url", tabindex: "0", role: "region", "aria-label": "The minted URL" }, h("code", {}, answer.url)),
      length(answer.url.length),
      h("p", { class: "hint" }, `Expires in ${span(answer.expires_in)}, ${when(answer.expires_at)}. Who asks for the same gets the same URL.`),
      h("p", { class: "actions" }, copyButton("the URL", () => answer.url), h("a", { href: answer.url, target: "_blank", rel: "noreferrer" }, "Open it alone")),
    ),
    part("Token", h("div", { class: "token" }, json("Header", header), json("Payload", payload))),
    h("section", { class: "part live" }, h("h3", {}, "Live embed"), frame(answer, signal)),
  ];
}

/** A refusal; one for its length says by how much. */
export function refused(error) {
  const { length: used } = error.problem ?? {};
  return [problemBox(error), used ? length(used) : null].filter(Boolean);
}

function part(title, ...content) {
  return h("section", { class: "part" }, h("h3", {}, title), ...content);
}

function length(used) {
  const id = freshId("length");
  return h(
    "p",
    { class: "length" },
    h("meter", { min: 0, max: LONGEST, high: LONGEST * 0.9, value: used, "aria-labelledby": id }),
    h("span", { id }, `${count(used)} of ${count(LONGEST)} characters`),
  );
}

function json(title, value) {
  return h("div", {}, h("h4", {}, title), h("pre", { tabindex: "0", role: "region", "aria-label": title }, h("code", {}, JSON.stringify(value, null, 2))));
}

function frame({ url, title }, signal) {
  const state = h("p", { class: "state", role: "status" }, "Loading");
  const iframe = h("iframe", { src: url, title });
  const { origin } = new URL(url);
  const heard = ({ source, origin: from, data }) => {
    if (source !== iframe.contentWindow || from !== origin || data?.source !== "clerestory") return;
    if (data.type === "height" && data.height > 0) iframe.style.height = `${Math.min(HIGHEST, Math.ceil(data.height))}px`;
    if (data.type === "ready") tell("ready", "Up to date");
    if (data.type === "error") tell("error", data.problem?.title ?? "Not shown");
  };
  const tell = (what, text) => {
    state.dataset.state = what;
    state.textContent = text;
  };
  addEventListener("message", heard, { signal });
  return h("div", {}, state, h("div", { class: "frame" }, iframe));
}
