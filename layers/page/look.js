// How the page looks, from its address' fragment: #theme=dark&titled=false&bordered=true.
// The fragment never reaches a server, so the look is no part of the token.

const dark = window.matchMedia("(prefers-color-scheme: dark)");

export function applyLook() {
  dropEmptyFragment();
  const wanted = new URLSearchParams(window.location.hash.slice(1));
  const root = document.documentElement;
  const theme = wanted.get("theme");
  if (theme === "dark" || theme === "light") root.dataset.theme = theme;
  else delete root.dataset.theme;
  root.dataset.titled = String(wanted.get("titled") !== "false");
  root.dataset.bordered = String(wanted.get("bordered") === "true");
}

export function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : dark.matches;
}

export function onLookChange(redraw) {
  window.addEventListener("hashchange", () => {
    applyLook();
    redraw();
  });
  dark.addEventListener("change", redraw);
}

// Vega names its gradients by the page's address and cuts off a fragment, but not a bare "#".
function dropEmptyFragment() {
  const { href } = window.location;
  if (href.endsWith("#")) window.history.replaceState(window.history.state, "", href.slice(0, -1));
}
