// <clerestory-dashboard>: a dashboard in a page of yours. docs/client.md says how to use it.

import { Apis } from "./apis.js";
import { canonical } from "./canonical.js";
import { Life } from "./life.js";
import { INVALID_ENV, NO_DASHBOARD, NO_PROVIDER, Refusal, UNKNOWN_API } from "./problems.js";
import { View } from "./view.js";

const NAME = "clerestory-dashboard";
const REQUESTED = ["api", "dashboard", "lifetime"];
const LOOK = ["theme", "titled", "bordered"];
const PROPERTIES = [...REQUESTED, ...LOOK, "env", "getSession"];

const apis = new Apis(import.meta.url);
let sharedSession = null;
const connected = new Set();

// Names an API that sessions may go to. Each call adds one.
export function configure({ api }) {
  if (!apis.add(api)) throw new TypeError("api must be an http or https address");
  lookAgain();
}

// Gives the visitor's session to every element that has no getSession of its own.
export function provideSession(getSession) {
  sharedSession = getSession;
  lookAgain();
}

function lookAgain() {
  for (const element of connected) element.getSession = element.getSession;
}

// Where a site's generator only reads the module there is no HTMLElement.
export class ClerestoryDashboard extends (globalThis.HTMLElement ?? Object) {
  // An attribute's name has no capitals, so getSession is none.
  static observedAttributes = [...PROPERTIES, "title"];
  #view;
  #life;
  #env;
  #getSession = null;
  #minted = null;
  #asked;
  #queued;

  // What POST /embeds answered last. Its `url` is a password while it lives.
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

  // What to ask for, and of whom.
  request() {
    const { dashboard, lifetime, env } = this;
    const api = this.#api;
    if (!api) throw new Refusal(UNKNOWN_API);
    if (!env) throw new Refusal(INVALID_ENV);
    const body = { dashboard };
    if (Object.keys(env).length) body.env = env;
    if (lifetime) body.lifetime = Number(lifetime);
    const getSession = this.#getSession ?? sharedSession ?? (() => {});
    return { url: `${api}embeds`, body: JSON.stringify(body), getSession };
  }

  show(minted) {
    this.#minted = minted;
    return this.#view.show(minted.url, this.#look());
  }

  connectedCallback() {
    // What was set before the element was defined hides its own properties.
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

  // Several changes in a row are one. A change to equal values is none.
  #changed() {
    if (!this.#life || this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      if (this.#life) this.#update();
    });
  }

  // The document's own baseURI can be hidden by markup.
  get #api() {
    return apis.find(this.api, this.baseURI);
  }

  #update() {
    const missing = this.dashboard ? !(this.#getSession ?? sharedSession) && NO_PROVIDER : NO_DASHBOARD;
    if (missing) {
      this.#asked = null;
      return this.#life.expect(missing);
    }
    const wanted = canonical([this.#api, this.dashboard, this.lifetime, this.env]);
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

// The same without markup: update(env) and refresh() as often as you like, destroy() at the end.
export function mountDashboard(container, options) {
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
