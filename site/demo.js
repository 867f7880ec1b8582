// What a site without a server does to show a visitor their own dashboard: it asks for a URL with the
// visitor's session token and puts it into an iframe. The rest of this file is the page around that.

const DASHBOARD = "on-time-performance";
const CARRIERS = {
  UA: "United", DL: "Delta", AA: "American", B6: "JetBlue", WN: "Southwest", HA: "Hawaiian", OO: "SkyWest",
};
const YEAR = ["2013-01-01", "2013-12-31"];

const find = (id) => document.getElementById(id);
const form = find("filters");
const number = new Intl.NumberFormat("en");

class Refusal extends Error {
  constructor(problem) {
    super(problem.title);
    this.problem = problem;
  }
}

async function post(path, body, headers = {}) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Refusal({ title: "The pack doesn't answer", detail: "Is make run still running?" });
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Refusal({ title: `The answer was ${response.status}`, ...answer, status: response.status });
  }
  return answer;
}

// A real site has its identity provider's token instead.
const sessions = new Map();

async function sessionOf(account) {
  if (!sessions.has(account)) {
    const claims = { sub: `demo@${account}`, name: CARRIERS[account], "custom:acct_id": account };
    sessions.set(account, (await post("/local/session", claims)).token);
  }
  return sessions.get(account);
}

async function mint(account, request) {
  const ask = async () =>
    post("/embeds", request, { Authorization: `Bearer ${await sessionOf(account)}` });
  try {
    return await ask();
  } catch (refusal) {
    if (refusal.problem?.status !== 401) throw refusal;
    sessions.delete(account); // it has expired: sign in again, once
    return ask();
  }
}

// The request says only what differs from the dashboard's defaults.
function wanted() {
  const chosen = new FormData(form);
  const dates = [chosen.get("from"), chosen.get("to")];
  const origins = chosen.getAll("origin");
  const env = {};
  if (dates.join() !== YEAR.join()) env.DATE_RANGE = dates;
  if (origins.length < 3) env.ORIGIN = origins;
  const request = { dashboard: DASHBOARD };
  if (Object.keys(env).length) request.env = env;
  return { account: chosen.get("carrier"), request, dates, origins };
}

function mistakeIn({ dates, origins }) {
  if (!dates[0] || !dates[1]) return "Choose both dates.";
  if (dates[0] > dates[1]) return "The first date must not be after the last one.";
  if (!origins.length) return "Choose at least one airport.";
  return null;
}

let newest = 0;
let renewal;

async function show() {
  const turn = ++newest;
  const choice = wanted();
  clearTimeout(renewal);
  find("carrier").textContent = CARRIERS[choice.account];
  showCode(choice);
  const mistake = mistakeIn(choice);
  if (mistake) {
    showProblem({ title: mistake });
    return;
  }
  try {
    const minted = await mint(choice.account, choice.request);
    if (turn !== newest) return; // the visitor has chosen something else meanwhile
    showEmbed(minted);
    renewal = setTimeout(show, Math.min(minted.refresh_in * 1000, 2 ** 31 - 1));
  } catch (refusal) {
    if (turn !== newest) return;
    showProblem(refusal.problem ?? { title: "Something went wrong", detail: String(refusal) });
  }
}

function showEmbed(minted) {
  find("problem").hidden = true;
  find("frame").hidden = false;
  const shown = find("frame").querySelector("iframe");
  if (shown?.src !== minted.url) {
    showState("loading", "Loading");
    // A new iframe and not a new src, which would fill the browser's history.
    const iframe = document.createElement("iframe");
    iframe.title = minted.title;
    iframe.src = minted.url;
    find("frame").replaceChildren(iframe);
  } else if (find("state").dataset.state === "error") {
    showState("", "");
  }
  showUrl(minted);
}

function showUrl(minted) {
  find("url").textContent = minted.url;
  find("open").href = minted.url;
  find("copy").disabled = false;
  find("length").value = minted.url.length;
  find("length-text").textContent = `${number.format(minted.url.length)} of 2,038 characters`;
  const minutes = Math.floor(minted.expires_in / 60);
  const left = `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
  find("expiry").textContent = `Expires in ${left}. Whoever asks for the same gets the same URL.`;
}

function showProblem(problem) {
  const title = document.createElement("strong");
  title.textContent = problem.title;
  const parts = [title, problem.detail ?? ""];
  if (problem.errors?.length) {
    const list = document.createElement("ul");
    for (const error of problem.errors) {
      list.append(Object.assign(document.createElement("li"), {
        textContent: `${error.variable}: ${error.detail}`,
      }));
    }
    parts.push(list);
  }
  find("problem").replaceChildren(...parts);
  find("problem").hidden = false;
  find("frame").replaceChildren();
  find("frame").hidden = true;
  find("url").textContent = "None";
  find("open").removeAttribute("href");
  find("copy").disabled = true;
  find("length").value = 0;
  find("length-text").textContent = "0 of 2,038 characters";
  find("expiry").textContent = "";
  showState("error", "Not shown");
}

function showState(state, text) {
  find("state").dataset.state = state;
  find("state").textContent = text;
}

function showCode({ request }) {
  const body = JSON.stringify(request, null, 1).replace(/\n\s*/g, " ").replace(' "env"', '\n    "env"');
  find("code").textContent = `const answer = await fetch("/embeds", {
  method: "POST",
  headers: {
    "Content-Type": "application/json",
    Authorization: \`Bearer \${sessionToken}\`,
  },
  body: JSON.stringify(${body}),
});
iframe.src = (await answer.json()).url;`;
}

// The embedded page tells the page around it how it is and how high it would like to be.
addEventListener("message", ({ source, data }) => {
  const iframe = find("frame").querySelector("iframe");
  if (!iframe || source !== iframe.contentWindow || data?.source !== "clerestory") return;
  if (data.type === "height" && data.height > 0) iframe.style.height = `${Math.ceil(data.height)}px`;
  if (data.type === "loading") showState("loading", "Loading");
  if (data.type === "ready") showState("ready", "Up to date");
  if (data.type === "error") showState("error", data.problem?.title ?? "Not shown");
});

find("copy").addEventListener("click", async ({ target }) => {
  await navigator.clipboard.writeText(find("url").textContent);
  target.textContent = "Copied";
  setTimeout(() => { target.textContent = "Copy"; }, 1500);
});

for (const [code, name] of Object.entries(CARRIERS)) {
  const radio = Object.assign(document.createElement("input"), {
    type: "radio", name: "carrier", value: code, checked: code === "UA",
  });
  const label = document.createElement("label");
  label.append(radio, Object.assign(document.createElement("b"), { textContent: code }), name);
  find("carriers").append(label);
}
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", show);
show();
