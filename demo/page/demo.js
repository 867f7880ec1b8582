// A site without a server, with a dashboard in it. All that it takes is in `show`; the rest is the page.

import { configure } from "./clerestory.js";
import { localSession, signedIn } from "./demo-session.js";

const DASHBOARD = "on-time-performance";
const CARRIERS = {
  UA: "United", DL: "Delta", AA: "American", B6: "JetBlue", WN: "Southwest", HA: "Hawaiian", OO: "SkyWest",
};
const YEAR = ["2013-01-01", "2013-12-31"];
const LONGEST_URL = 2_038;

const find = (id) => document.getElementById(id);
const form = find("filters");
const number = new Intl.NumberFormat("en");
const config = await fetch("./config.json").then((answer) => answer.json()).then(nameApi).catch(() => {
  welcome("The demo's config.json can't be read. Reload the page to try again.");
  return new Promise(() => {}); // nothing below goes without it
});

let dashboard;
let env = {};

// The client lies beside this page, and can't know from that where its API is.
function nameApi(config) {
  const api = (config.api || location.origin).replace(/\/+$/, "");
  configure({ api });
  return { ...config, api };
}

// Another visitor gets another element, so that nobody sees for a moment what somebody else saw.
function show(getSession, name, how) {
  find("how").textContent = how;
  find("carrier").textContent = name;
  find("session").hidden = false;
  dashboard = document.createElement("clerestory-dashboard");
  Object.assign(dashboard, { dashboard: DASHBOARD, env, getSession });
  showUrl(null);
  find("frame").replaceChildren(dashboard);
}

function filter() {
  const { values, mistake } = wanted();
  find("problem").textContent = mistake;
  find("problem").hidden = !mistake;
  if (mistake) return;
  env = values;
  if (dashboard) dashboard.env = env;
  showCode();
}

// Only what differs from the dashboard's defaults.
function wanted() {
  const chosen = new FormData(form);
  const dates = [chosen.get("from"), chosen.get("to")];
  const origins = chosen.getAll("origin");
  const values = {};
  if (dates.join() !== YEAR.join()) values.DATE_RANGE = dates;
  if (origins.length < 3) values.ORIGIN = origins;
  return { values, mistake: mistakeIn(dates, origins) };
}

function mistakeIn(dates, origins) {
  if (!dates[0] || !dates[1]) return "Choose both dates.";
  if (dates[0] > dates[1]) return "The first date must not be after the last one.";
  if (dates[0] < YEAR[0] || dates[1] > YEAR[1]) return "The flights are those of 2013.";
  return origins.length ? "" : "Choose at least one airport.";
}

function showState(state, text) {
  find("state").dataset.state = state;
  find("state").textContent = text;
}

function showUrl(minted) {
  find("url").textContent = minted?.url ?? "None";
  if (minted) find("open").href = minted.url;
  else find("open").removeAttribute("href");
  find("copy").disabled = !minted;
  const length = minted?.url.length ?? 0;
  find("length").value = length;
  find("length-text").textContent = `${number.format(length)} of ${number.format(LONGEST_URL)} characters`;
  find("expiry").textContent = minted
    ? `Expires in ${hours(minted.expires_in)}. Whoever asks for the same gets the same URL.`
    : "";
}

function hours(seconds) {
  const minutes = Math.floor(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

function showCode() {
  const filters = Object.keys(env).length ? `\n  env='${JSON.stringify(env)}'` : "";
  find("code").textContent = `<script type="module">
  import { provideSession } from
    "${config.api}/assets/clerestory.js";
  provideSession(() => yourSessionToken);
</script>

<clerestory-dashboard
  dashboard="${DASHBOARD}"${filters}>
</clerestory-dashboard>`;
}

function beAnyAirline() {
  for (const [code, name] of Object.entries(CARRIERS)) {
    const radio = Object.assign(document.createElement("input"), {
      type: "radio", name: "carrier", value: code, checked: code === "UA",
    });
    const label = document.createElement("label");
    label.append(radio, Object.assign(document.createElement("b"), { textContent: code }), name);
    find("carriers").append(label);
  }
  const be = (code) => show(localSession(code, CARRIERS[code]), CARRIERS[code], "Signed in at");
  find("carriers").addEventListener("change", ({ target }) => be(target.value));
  be("UA");
}

async function beYourself() {
  find("who").hidden = true;
  let failure = "";
  const { name, getSession, signIn, signOut } = await signedIn(config).catch((error) => {
    failure = error.message;
    return signedIn(config);
  });
  offer("Sign out", signOut);
  document.addEventListener("clerestory:error", ({ detail }) => detail.code === "no-session" && offer("Sign in", signIn));
  if (name) return show(getSession, name, "Signed in as");
  offer("Sign in", signIn);
  showState("", "Signed out");
  return welcome(failure || "Sign in to see your flights.");
}

function welcome(textContent) {
  find("frame").replaceChildren(Object.assign(document.createElement("p"), { className: "welcome", textContent }));
}

function offer(text, act) {
  const refused = ({ message }) => {
    find("problem").textContent = message;
    find("problem").hidden = false;
  };
  Object.assign(find("sign"), { hidden: false, textContent: text, onclick: () => act().catch(refused) });
}

function copies(button, source) {
  find(button).addEventListener("click", async ({ target }) => {
    try {
      await navigator.clipboard.writeText(find(source).textContent);
      target.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(find(source));
      target.textContent = "Selected";
    }
    setTimeout(() => { target.textContent = "Copy"; }, 1500);
  });
}

document.addEventListener("clerestory:loading", () => showState("loading", "Loading"));
document.addEventListener("clerestory:ready", ({ target }) => {
  showState("ready", "Up to date");
  showUrl(target.minted);
});
document.addEventListener("clerestory:error", ({ detail }) => {
  showState("error", detail.retries ? "Trying again" : "Not shown");
  if (!detail.retries) showUrl(null);
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", ({ target }) => target.name === "carrier" || filter());
copies("copy", "url");
copies("copy-code", "code");
showCode();
await (config.issuer ? beYourself() : beAnyAirline());
