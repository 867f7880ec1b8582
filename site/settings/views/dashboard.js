// One dashboard's Embed page: example code, and the sandbox.

import { copyButton } from "../copying.js";
import { card, h, heading } from "../elements.js";
import { loaded } from "../loading.js";
import { sandbox } from "../sandbox.js";
import { tabs } from "../tabs.js";

const LANGUAGES = [["python", "Python"], ["javascript", "JavaScript"], ["ruby", "Ruby"], ["php", "PHP"], ["go", "Go"]];

export function showDashboard(context, id) {
  const { api, signal } = context;
  const title = heading("Embed");
  const content = loaded(signal, () => api.get("/usage", { dashboard: id }), ({ dashboards: [dashboard] }) => {
    title.textContent = dashboard.title;
    return [
      h("p", { class: "intro" }, "Embed page of dashboard ", h("code", {}, dashboard.dashboard), ", ", h("code", {}, dashboard.slug)),
      card("Testing sandbox", sandbox(context, dashboard)),
      card(
        "Example code",
        h("p", { class: "hint" }, "A program for your server that signs a token and prints the iframe. It reads the secret from its environment."),
        tabs("Languages", LANGUAGES, (language) => program(context, dashboard.dashboard, language)),
      ),
    ];
  });
  return [h("p", { class: "back" }, h("a", { href: "#/dashboards" }, "← Dashboards")), title, content];
}

function program({ api, signal }, dashboard, language) {
  const path = `/dashboards/${dashboard}/example-code`;
  return loaded(signal, () => api.get(path, { language }), ({ code, filename, install }) => [
    install ? h("div", { class: "line" }, h("code", {}, `$ ${install}`), copyButton("the install command", () => install)) : null,
    h("div", { class: "line" }, h("code", {}, filename), copyButton("the program", () => code)),
    h("pre", { tabindex: "0", "aria-label": filename, role: "region" }, h("code", {}, code)),
  ].filter(Boolean));
}
