// The organization's dashboards, each with a way to its Embed page.

import { h, heading } from "../elements.js";
import { counted } from "../formats.js";
import { loaded } from "../loading.js";

export function showDashboards({ api, signal }) {
  // The usage names every dashboard, also those that the owner's own session may not embed.
  const content = loaded(signal, () => api.get("/usage"), ({ dashboards }) => {
    const here = dashboards.filter(({ slug }) => slug !== null);
    if (!here.length) return h("div", { class: "card empty" }, h("p", {}, "There is no dashboard yet: add a file to the organization's folder."));
    return h("ul", { class: "tiles" }, here.map(tile));
  });
  const intro = h("p", { class: "intro" }, "Example code in five languages, and a sandbox that shows the embed as a customer sees it.");
  return [heading("Dashboards"), intro, content];
}

function tile({ dashboard, slug, title, total }) {
  return h(
    "li",
    {},
    h(
      "a",
      { class: "card tile", href: `#/dashboards/${dashboard}` },
      h("strong", {}, title),
      h("span", { class: "hint" }, `${dashboard} · ${slug}`),
      h("span", { class: "hint" }, `${counted(total, "new-token embed")} in 30 days`),
    ),
  );
}
