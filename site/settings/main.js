// The settings page: who signs in, what part is shown.

import { announce } from "./announcing.js";
import { connect } from "./api.js";
import { ConfigError, readConfig } from "./config.js";
import { button, h, heading } from "./elements.js";
import { SignInError, beginSignIn, finishSignIn, signOut } from "./oidc.js";
import { problemBox } from "./problems.js";
import { dropSession, keepSession, keptSession, nameOf, organizationOf } from "./session.js";
import { showAudit } from "./views/audit.js";
import { showDashboard } from "./views/dashboard.js";
import { showDashboards } from "./views/dashboards.js";
import { showRevocations } from "./views/revocations.js";
import { showSecret } from "./views/secret.js";
import { showUsage } from "./views/usage.js";

const PARTS = {
  secret: { title: "Secret", show: showSecret },
  usage: { title: "Usage", show: showUsage },
  dashboards: { title: "Dashboards", show: showDashboards, showOne: showDashboard },
  revocations: { title: "Revocations", show: showRevocations },
  audit: { title: "Audit", show: showAudit },
};

const find = (id) => document.getElementById(id);
let shown = new AbortController();

async function start() {
  try {
    const config = await readConfig();
    const arrived = await finishSignIn(config);
    if (arrived) {
      keepSession(arrived);
      history.replaceState(null, "", arrived.returnTo || "#/secret");
    }
    const session = keptSession();
    if (session) showSettings(config, session);
    else showWelcome(config);
  } catch (error) {
    await showFailedStart(error);
  }
}

function showSettings(config, session) {
  const organization = organizationOf(session, config);
  if (!organization) {
    showWelcome(config, "This session names no organization, and config.json names none either.");
    return;
  }
  find("organization").textContent = `Embedding settings of ${organization}`;
  find("session").replaceChildren(h("span", {}, "Signed in as ", h("strong", {}, nameOf(session))), button("Sign out", leave));
  find("session").hidden = find("navigation").hidden = false;
  find("layout").dataset.signedIn = "true";
  const signedIn = new AbortController();
  const route = (moved) => showPart({ config, session, organization, end }, moved);
  addEventListener("hashchange", () => route(true), { signal: signedIn.signal });
  route(false);

  function end() {
    shown.abort();
    signedIn.abort();
    dropSession();
  }

  function leave() {
    end();
    signOut(config);
  }
}

/** `moved` says that the reader came from another part, and takes the focus along. */
function showPart({ config, session, organization, end }, moved) {
  const [name, id] = partOf(location.hash);
  const part = PARTS[name];
  shown.abort(); // what the part before still waits for, and what it has in sight
  shown = new AbortController();
  const { signal } = shown;
  const onSessionEnd = () => {
    if (signal.aborted) return;
    end();
    showWelcome(config, "Your session has ended. Sign in again to go on where you were.");
  };
  const reach = { base: config.api, organization, signal };
  const api = connect({ ...reach, token: session.token, onSessionEnd });
  const as = (token) => connect({ ...reach, token });
  const context = { api, as, config, session, organization, signal };
  showNavigation(name);
  document.title = `${part.title} · Embedding settings · Clerestory`;
  find("main").replaceChildren(...(id ? part.showOne(context, id) : part.show(context)));
  if (moved) {
    scrollTo(0, 0);
    find("main").querySelector("h1").focus({ preventScroll: true });
  }
}

function partOf(hash) {
  const [name, id] = hash.replace(/^#\//, "").split("/");
  if (!Object.hasOwn(PARTS, name)) return ["secret"];
  return id && PARTS[name].showOne ? [name, id] : [name];
}

function showNavigation(current) {
  const links = Object.entries(PARTS).map(([name, { title }]) =>
    h("li", {}, h("a", { href: `#/${name}`, "aria-current": name === current ? "page" : null }, title)),
  );
  find("navigation").replaceChildren(h("ul", {}, links));
}

function showWelcome(config, why) {
  find("layout").dataset.signedIn = "false";
  find("session").hidden = find("navigation").hidden = true;
  find("organization").textContent = "Embedding settings";
  const problem = h("div");
  const signIn = button("Sign in", go, { look: "primary" });
  find("main").replaceChildren(
    h(
      "section",
      { class: "card welcome" },
      heading("Embedding settings"),
      why ? h("p", { class: "notice", role: "alert" }, why) : null,
      h("p", { class: "hint" }, "The embed secret, usage, example code and revocations: for the organization's owners."),
      problem,
      h("p", { class: "actions" }, signIn),
    ),
  );
  if (why) signIn.focus();

  async function go() {
    signIn.disabled = true;
    try {
      await beginSignIn(config, location.hash);
    } catch (error) {
      problem.replaceChildren(problemBox(error));
      signIn.disabled = false;
    }
  }
}

async function showFailedStart(error) {
  const box = problemBox(error instanceof ConfigError ? { problem: { title: error.message } } : error);
  const again = () => location.assign(location.pathname);
  const look = error instanceof SignInError ? "Sign in again" : "Try again";
  find("main").replaceChildren(
    h("section", { class: "card welcome" }, heading("Embedding settings"), box, h("p", {}, button(look, again))),
  );
  announce("The settings can't be shown");
}

find("skip").addEventListener("click", () => find("main").focus());
start();
