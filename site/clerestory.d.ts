/** What a dashboard's variable may be set to. */
export type Value = string | number | boolean | readonly (string | number | boolean)[];
export type Env = Readonly<Record<string, Value>>;

/**
 * Gives the visitor's session token, or nothing where nobody is signed in. `expired` says that the last one
 * was refused: give another one. A failure of it is temporary: it is asked again, later and later.
 */
export type GetSession = (asked: {
  readonly expired: boolean;
}) => string | null | undefined | Promise<string | null | undefined>;

/** The answer of `POST /embeds`. Its `url` is a password while it lives. */
export interface Minted {
  readonly url: string;
  readonly title: string;
  readonly dashboard: number;
  /** Epoch seconds, by the server's clock. */
  readonly expires_at: number;
  readonly expires_in: number;
  readonly refresh_in: number;
}

/** Why a dashboard isn't shown, or isn't up to date: RFC 9457, with a stable `code`. */
export interface Problem {
  readonly code: string;
  readonly title: string;
  /** 0 where no server said it. */
  readonly status: number;
  readonly detail?: string;
  /** The variables that are wrong. */
  readonly errors?: readonly { readonly variable: string; readonly detail: string }[];
}

export interface Options {
  /** One of the addresses that the session may go to. Without it: the only one. */
  api?: string | null;
  /** Its id or its slug. */
  dashboard: string | number | null;
  env?: Env | null;
  getSession?: GetSession | null;
  /** Seconds that a link should live; the dashboard's own lifetime, if that is shorter. */
  lifetime?: string | number | null;
  /** The iframe's accessible name. Without it: the dashboard's title. */
  title?: string;
  /** Without it: the viewer's. */
  theme?: "light" | "dark" | null;
  titled?: "true" | "false" | boolean | null;
  bordered?: "true" | "false" | boolean | null;
}

export interface Mounted {
  readonly element: ClerestoryDashboard;
  /** Other values; equal ones do nothing. */
  update(env: Env | null): void;
  /** A new link now. What the viewer sees stays until the new page is ready. */
  refresh(): void;
  destroy(): void;
}

/** Puts a dashboard into an element of yours. */
export function mountDashboard(container: Element, options: Options): Mounted;

/**
 * Names an API, besides the one whose `/assets/clerestory.js` this module is, that sessions may go to: an absolute
 * http or https address. Each call adds one. Throws a TypeError for what can be none.
 */
export function configure(options: { readonly api: string }): void;

/** Gives the session to every `<clerestory-dashboard>` that has no `getSession` of its own. */
export function provideSession(getSession: GetSession | null): void;

export class ClerestoryDashboard extends HTMLElement {
  get api(): string | null;
  set api(value: string | null | undefined);
  get dashboard(): string | null;
  set dashboard(value: string | number | null | undefined);
  get lifetime(): string | null;
  set lifetime(value: string | number | null | undefined);
  get theme(): string | null;
  set theme(value: "light" | "dark" | null | undefined);
  get titled(): string | null;
  set titled(value: "true" | "false" | boolean | null | undefined);
  get bordered(): string | null;
  set bordered(value: "true" | "false" | boolean | null | undefined);
  /** Null where the attribute is no JSON object. */
  get env(): Env | null;
  set env(value: Env | null | undefined);
  getSession: GetSession | null;
  /** What was answered last; null before that. */
  readonly minted: Minted | null;
  refresh(): void;
}

export interface DashboardEvents {
  /** Something new was asked for. */
  "clerestory:loading": CustomEvent<{ dashboard: string; reason: "first" | "env" | "refresh" | "retry" }>;
  /** What was asked for is shown. */
  "clerestory:ready": CustomEvent<{ dashboard: string; title: string }>;
  /** There is a new link for the same; `swaps` where its page will take the place of the old one. */
  "clerestory:refresh": CustomEvent<{ dashboard: string; swaps: boolean }>;
  /** `retries`: it tries again by itself. */
  "clerestory:error": CustomEvent<Problem & { dashboard: string; retries: boolean }>;
}

declare global {
  interface HTMLElementTagNameMap {
    "clerestory-dashboard": ClerestoryDashboard;
  }
  interface HTMLElementEventMap extends DashboardEvents {}
  interface DocumentEventMap extends DashboardEvents {}
}
