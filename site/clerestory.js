// From site/client
function canonical(value) {
return JSON.stringify(value, (_, each) => {
if (!each || typeof each !== "object" || Array.isArray(each)) return each;
return Object.fromEntries(Object.keys(each).sort().map((name) => [name, each[name]]));
});
}
class Alarm {
#timer;
#ring = null;
#ms;
#monotonic;
#wall;
set(seconds, ring) {
this.#ring = ring;
this.#ms = seconds * 1000;
this.#monotonic = performance.now();
this.#wall = Date.now();
this.check();
}
clear() {
clearTimeout(this.#timer);
this.#ring = null;
}
check() {
clearTimeout(this.#timer);
if (!this.#ring) return;
const passed = Math.max(performance.now() - this.#monotonic, Date.now() - this.#wall);
if (passed < this.#ms) {
this.#timer = setTimeout(() => this.check(), Math.min(this.#ms - passed, 30_000));
} else if (!document.hidden) {
const ring = this.#ring;
this.clear();
ring();
}
}
}
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
const DEAD_LINK = new Set(["invalid-token", "token-expired", "token-not-yet-valid"]);
const problem = (code, title, detail, status = 0) => ({ code, title, detail, status });
const SIGNED_OUT = problem("no-session", "Sign in to see this dashboard", "Your session has ended.", 401);
const NO_PROVIDER = problem("no-get-session", "This page doesn't say who is signed in", "It must set getSession.");
const NO_DASHBOARD = problem("no-dashboard", "This page doesn't say which dashboard", "It must set dashboard.");
const UNFORESEEN = problem("failed", "The dashboard can't be shown", "");
const INVALID_ENV = problem("invalid-env", "This page's filters can't be read", "Its env is not a JSON object.");
const SESSION_FAILED = problem("session-failed", "Your session can't be renewed", "", 503);
const UNREACHABLE = problem("unreachable", "The dashboard can't be reached", "The connection was lost.", 503);
const UNANSWERED = problem("no-answer", "The dashboard didn't load", "It is away, or not for this site.", 503);
const RENEWED = problem("", "This dashboard is being renewed", "A new link is on its way.");
class Refusal extends Error {
constructor(cause, after = 0) {
super(cause.title);
this.problem = cause;
this.after = after;
}
}
async function mint(host, ended) {
const { url, body, getSession } = host.request();
const signal = AbortSignal.any([ended, AbortSignal.timeout(30_000)]);
const late = new Promise((_, reject) => signal.addEventListener("abort", reject));
for (const expired of [false, true]) {
const given = Promise.resolve({ expired }).then(getSession);
const headers = await Promise.race([late, given]).then(signedIn).catch(refuse(SESSION_FAILED));
if (!headers) break;
const answer = await post(url, { headers, body, signal });
if (answer.status !== 401) return read(answer);
}
throw new Refusal(SIGNED_OUT);
}
const refuse = (cause) => () => {
throw new Refusal(cause);
};
const signedIn = (session) =>
session && new Headers({ Authorization: `Bearer ${session}`, "Content-Type": "application/json" });
async function post(url, request) {
const response = await fetch(url, { method: "POST", credentials: "omit", ...request }).catch(refuse(UNREACHABLE));
const { status, ok, headers } = response;
const found = await response.json().catch(() => null);
return { status, ok, found, after: Number(headers.get("Retry-After")) || 0 };
}
function read({ status, ok, after, found }) {
if (ok && /^https?:/.test(found?.url) && found.refresh_in > 0) return found;
const unforeseen = problem(`http-${status}`, "The dashboard can't be shown", `The answer was ${status}.`, status);
throw new Refusal(found?.code ? { ...found, status } : unforeseen, after);
}
class Life {
#host;
#view;
#alarm = new Alarm();
#ended = new AbortController();
#asking = null;
#reason = "first";
#tries = 0;
#after = 0;
constructor(host, view) {
this.#host = host;
this.#view = view;
view.open({ ready: () => this.#ready(), trouble: (cause, passes) => this.#trouble(cause, passes) });
const until = { signal: this.#ended.signal };
const wake = () => this.#alarm.check();
const online = () => (this.#tries && !this.#after ? this.#ask() : wake());
document.addEventListener("visibilitychange", wake, until);
window.addEventListener("pageshow", wake, until);
window.addEventListener("online", online, until);
window.addEventListener("message", (event) => view.hear(event), until);
}
end() {
this.#ended.abort();
this.#asking?.abort();
this.#alarm.clear();
this.#view.close();
}
start(reason) {
this.#drop();
this.#reason = reason;
this.#ask();
}
expect(missing) {
this.#drop();
this.#view.busy(true);
this.#alarm.set(10, () => this.#fail(missing));
}
#drop() {
this.#tries = 0;
this.#asking?.abort();
this.#asking = null;
}
async #ask() {
if (this.#asking) return;
const { signal } = (this.#asking = new AbortController());
this.#announce();
let failure;
const minted = await mint(this.#host, signal).catch((caught) => void (failure = caught));
if (signal.aborted) return;
this.#asking = null;
if (minted) this.#minted(minted);
else this.#fail(failure.problem ?? UNFORESEEN, failure.after);
}
#announce() {
this.#alarm.clear();
if (this.#reason === "refresh" && this.#view.isReady) return;
this.#view.busy(!this.#tries);
this.#tell("loading", { reason: this.#reason });
}
#minted(minted) {
this.#renewIn(minted.refresh_in);
const swaps = this.#host.show(minted);
if (this.#reason === "refresh") this.#tell("refresh", { swaps });
if (!swaps) this.#ready();
}
#renewIn(seconds) {
this.#alarm.set(seconds, () => (this.#view.isWaiting ? this.#renewIn(seconds) : this.start("refresh")));
}
#ready() {
if (this.#asking) return;
this.#tries = 0;
this.#view.calm();
this.#tell("ready", { title: this.#host.minted.title });
}
#trouble(cause, passes) {
if (passes) this.#tell("error", { ...cause, retries: true });
else if (!this.#asking) this.#fail(cause);
}
#fail(cause, after = 0) {
const retries = DEAD_LINK.has(cause.code) ? this.#tries < 8 : PASSING.has(cause.status);
this.#alarm.clear();
this.#after = after;
if (retries) {
const pause = Math.min(60, 2 ** this.#tries) * (0.5 + Math.random() / 2);
this.#tries += 1;
this.#alarm.set(after + pause, () => this.#ask());
}
this.#view.fail(cause, retries, this.#reason === "refresh", () => this.start("retry"));
this.#tell("error", { ...cause, retries });
}
#tell(name, detail) {
const { dashboard } = this.#host;
const options = { bubbles: true, composed: true, detail: { dashboard, ...detail } };
this.#host.dispatchEvent(new CustomEvent(`clerestory:${name}`, options));
}
}
const SANDBOX = "allow-scripts allow-same-origin allow-downloads allow-popups allow-popups-to-escape-sandbox";
function makeFrame(url, { title, fragment }, lazy) {
const { origin } = new URL(url);
const loading = lazy ? "lazy" : "eager";
const named = { className: "next", part: "frame", title, inert: true, referrerPolicy: "no-referrer", loading };
const iframe = Object.assign(document.createElement("iframe"), named);
if (origin !== location.origin) iframe.setAttribute("sandbox", SANDBOX);
iframe.src = fragment ? `${url}#${fragment}` : url;
return { iframe, url, origin, fragment, state: "new", height: 0, fitted: 0 };
}
function lookLike(frame, { title, fragment }) {
frame.iframe.title = title;
if (frame.fragment === fragment) return;
frame.fragment = fragment;
frame.iframe.contentWindow?.location.replace(`${frame.url}#${fragment}`);
}
function fit(frame, wanted) {
if (!Number.isFinite(wanted)) return;
const height = Math.ceil(Math.min(20_000, Math.max(80, wanted)));
const fitted = performance.now();
const width = frame.iframe.clientWidth;
const echo = height > frame.height && fitted - frame.fitted < 500 && width === frame.width;
Object.assign(frame, { width, fitted, echoes: echo ? frame.echoes + 1 : 0 });
if (frame.echoes > 20) return;
frame.height = height;
frame.iframe.style.height = `${height}px`;
}
const STYLE = `
:host { display: block; }
:host([hidden]), [hidden] { display: none !important; }
.stage { position: relative; overflow: clip; min-height: var(--clerestory-min-height, 20rem); }
iframe { display: block; width: 100%; min-height: inherit; border: 0; }
.next, .old, .progress { position: absolute; inset: 0 0 auto; pointer-events: none; }
.next { opacity: 0; }
.old, .progress { z-index: 1; }
.status { position: absolute; inset: 0; display: grid; place-content: center; }
.progress { height: 2px; background: var(--clerestory-accent, #4f6ef2); animation: pulse 1s infinite alternate; }
@keyframes pulse { to { opacity: 0.2; } }
.panel { margin: 1rem; padding: 1rem; border: 1px solid; border-radius: 12px; color: CanvasText; background: Canvas; }
button { font: inherit; padding: 0.5rem 1rem; }
`;
let sheet;
function styleSheet() {
if (!sheet) {
sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
}
return sheet;
}
const make = (name, properties, ...children) => {
const element = Object.assign(document.createElement(name), properties);
element.append(...children);
return element;
};
const part = (name, properties, ...children) => make("div", { className: name, part: name, ...properties }, ...children);
class View {
#root;
#heard;
#shown = null;
#next = null;
#timers = new Set();
#stage = part("stage");
#status = part("status", { role: "status" }, make("slot", { name: "loading" }, "Loading"));
#progress = part("progress");
#panel = part("panel", { role: "alert", hidden: true });
constructor(root) {
this.#root = root;
root.adoptedStyleSheets = [styleSheet()];
this.#stage.append(this.#status, this.#progress, this.#panel);
root.append(this.#stage);
this.#mark(true);
}
open(heard) {
this.#heard = heard;
}
close() {
for (const timer of this.#timers) clearTimeout(timer);
this.#timers.clear();
this.#clear();
this.busy(true);
}
get isReady() {
return this.#shown?.state === "ready";
}
get isWaiting() {
return !!this.#next;
}
busy(anew) {
if (anew) this.#panel.hidden = true;
this.#mark(true);
}
calm() {
this.#panel.hidden = true;
this.#mark(false);
}
show(url, look) {
const same = [this.#shown, this.#next].find((frame) => frame?.url === url && frame.state !== "error");
if (same !== this.#next) {
this.#next?.iframe.remove();
this.#next = null;
}
if (!same) this.#load(makeFrame(url, look, !this.#shown));
return same?.state !== "ready";
}
look(look) {
for (const frame of [this.#shown, this.#next]) if (frame) lookLike(frame, look);
}
fail(cause, retries, quiet, retry) {
this.#next?.iframe.remove();
this.#next = null;
const keeps = retries && this.#shown && this.#shown.state !== "error";
if (!keeps) this.#clear();
this.#mark(false);
if (keeps && quiet) return;
const { title, detail, errors } = DEAD_LINK.has(cause.code) ? RENEWED : cause;
const told = [detail, retries && "It tries again."].filter(Boolean);
const wrong = Array.isArray(errors) ? errors.map((each) => `${each?.variable}: ${each?.detail}`) : [];
this.#panel.replaceChildren(
make("strong", {}, String(title)),
...told.map((text) => make("p", {}, String(text))),
make("ul", { hidden: !wrong.length }, ...wrong.map((text) => make("li", {}, text))),
make("button", { type: "button", part: "retry", onclick: retry }, "Try again"),
);
this.#panel.hidden = false;
this.#mark(false);
}
hear({ source, origin, data }) {
const frame = [this.#shown, this.#next].find((each) => each?.iframe.contentWindow === source);
if (!frame || frame.origin !== origin || data?.source !== "clerestory") return;
const { type, height, problem } = data;
if (type === "height") fit(frame, height);
else if (type === "error") this.#failed(frame, Object(problem));
else if (type === "loading" || type === "ready") this.#came(frame, type === "ready");
}
#came(frame, ready) {
const reveals = ready || !this.isReady;
frame.state = ready ? "ready" : "loading";
if (frame === this.#next && reveals) this.#reveal(frame);
if (ready && !this.#next) this.#heard.ready();
}
#failed(frame, cause) {
const passes = PASSING.has(cause.status);
frame.state = passes ? "loading" : "error";
if (passes && frame === this.#next && !this.isReady) this.#reveal(frame);
this.#heard.trouble(cause, passes);
}
#load(frame) {
this.#next = frame;
if (this.#shown) frame.iframe.style.height = this.#shown.iframe.style.height;
frame.iframe.onload = () => this.#after(5_000, () => this.#listen(frame));
const slow = () => frame === this.#next && frame.state === "loading" && this.#reveal(frame);
this.#after(10_000, slow);
this.#stage.append(frame.iframe);
}
#listen(frame) {
if (frame.state !== "new" || frame.height || !frame.iframe.isConnected) return;
if (document.hidden) this.#after(5_000, () => this.#listen(frame));
else this.#heard.trouble(UNANSWERED, false);
}
#reveal(frame) {
const old = this.#shown;
const focused = old && this.#root.activeElement === old.iframe;
Object.assign(frame.iframe, { className: "", inert: false });
if (old) {
Object.assign(old.iframe, { className: "old", inert: true });
this.#after(100, () => old.iframe.remove());
}
this.#shown = frame;
this.#next = null;
if (focused) frame.iframe.focus({ preventScroll: true });
this.calm();
}
#mark(busy) {
this.#stage.ariaBusy = String(busy);
this.#progress.hidden = !(busy && this.#shown);
this.#status.hidden = !!this.#shown || !this.#panel.hidden;
}
#clear() {
for (const iframe of this.#stage.querySelectorAll("iframe")) iframe.remove();
this.#shown = this.#next = null;
}
#after(ms, act) {
const timer = setTimeout(() => {
this.#timers.delete(timer);
act();
}, ms);
this.#timers.add(timer);
}
}
const NAME = "clerestory-dashboard";
const REQUESTED = ["api", "dashboard", "lifetime"];
const LOOK = ["theme", "titled", "bordered"];
const PROPERTIES = [...REQUESTED, ...LOOK, "env", "getSession"];
let sharedSession = null;
const connected = new Set();
function provideSession(getSession) {
sharedSession = getSession;
for (const element of connected) element.getSession = element.getSession;
}
class ClerestoryDashboard extends (globalThis.HTMLElement ?? Object) {
static observedAttributes = [...PROPERTIES, "title"];
#view;
#life;
#env;
#getSession = null;
#minted = null;
#asked;
#queued;
get minted() {
return this.#minted;
}
get env() {
return this.#env ?? readEnv(this.getAttribute("env"));
}
set env(value) {
this.#env = JSON.parse(canonical(value ?? {}));
this.#changed();
}
get getSession() {
return this.#getSession;
}
set getSession(value) {
this.#getSession = value;
this.#changed();
}
refresh() {
if (this.#asked) this.#life?.start("refresh");
}
request() {
const { api, dashboard, lifetime, env } = this;
if (!env) throw new Refusal(INVALID_ENV);
const base = new URL(api ?? new URL("..", import.meta.url), document.baseURI).href.replace(/\/*$/, "/");
const body = { dashboard };
if (Object.keys(env).length) body.env = env;
if (lifetime) body.lifetime = Number(lifetime);
return { url: `${base}embeds`, body: JSON.stringify(body), getSession: this.#getSession ?? sharedSession };
}
show(minted) {
this.#minted = minted;
return this.#view.show(minted.url, this.#look());
}
connectedCallback() {
for (const name of PROPERTIES.filter((each) => Object.hasOwn(this, each))) {
const value = this[name];
delete this[name];
this[name] = value;
}
this.#view ??= new View(this.attachShadow({ mode: "open" }));
this.#life = new Life(this, this.#view);
connected.add(this);
this.#changed();
}
disconnectedCallback() {
this.#life.end();
this.#life = this.#asked = this.#minted = null;
connected.delete(this);
}
attributeChangedCallback(name, before, after) {
if (before === after) return;
if (name === "env") this.#env = null;
if (name === "title" || LOOK.includes(name)) this.#view?.look(this.#look());
else this.#changed();
}
#changed() {
if (!this.#life || this.#queued) return;
this.#queued = true;
queueMicrotask(() => {
this.#queued = false;
if (this.#life) this.#update();
});
}
#update() {
const missing = this.dashboard ? !(this.#getSession ?? sharedSession) && NO_PROVIDER : NO_DASHBOARD;
if (missing) {
this.#asked = null;
return this.#life.expect(missing);
}
const wanted = canonical([this.api, this.dashboard, this.lifetime, this.env]);
if (wanted === this.#asked) return;
const reason = this.#asked ? "env" : "first";
this.#asked = wanted;
this.#life.start(reason);
}
#look() {
const look = LOOK.filter((name) => this.hasAttribute(name)).map((name) => [name, this[name] || "true"]);
return { title: this.title || String(this.#minted?.title), fragment: String(new URLSearchParams(look)) };
}
static {
for (const name of [...REQUESTED, ...LOOK]) {
Object.defineProperty(this.prototype, name, {
get() {
return this.getAttribute(name);
},
set(value) {
if ((value ?? null) === null) this.removeAttribute(name);
else this.setAttribute(name, value);
},
});
}
}
}
function readEnv(text) {
try {
const env = JSON.parse(text ?? "{}");
return env && typeof env === "object" && !Array.isArray(env) ? env : null;
} catch {
return null;
}
}
if (globalThis.customElements && !customElements.get(NAME)) customElements.define(NAME, ClerestoryDashboard);
function mountDashboard(container, options) {
const element = Object.assign(document.createElement(NAME), options);
container.append(element);
return {
element,
update(env) {
element.env = env;
},
refresh: () => element.refresh(),
destroy: () => element.remove(),
};
}
export { provideSession, ClerestoryDashboard, mountDashboard };
