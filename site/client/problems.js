// What can keep a dashboard from being shown, and which of it passes by itself.

/** @import { Problem } from "../clerestory.js" */

export const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
// A link can die before its time, by a reset. Mint may not have heard of it for a minute.
export const DEAD_LINK = new Set(["invalid-token", "token-expired", "token-not-yet-valid"]);

/** @type {(code: string, title: string, detail: string, status?: number) => Problem} */
export const problem = (code, title, detail, status = 0) => ({ code, title, detail, status });

export const SIGNED_OUT = problem("no-session", "Sign in to see this dashboard", "Your session has ended.", 401);
export const NO_PROVIDER = problem("no-get-session", "This page doesn't say who is signed in", "It must set getSession.");
export const NO_DASHBOARD = problem("no-dashboard", "This page doesn't say which dashboard", "It must set dashboard.");
export const UNKNOWN_API = problem("unknown-api", "This page doesn't name the API", "It must call configure.");
export const UNFORESEEN = problem("failed", "The dashboard can't be shown", "");
export const INVALID_ENV = problem("invalid-env", "This page's filters can't be read", "Its env is not a JSON object.");
export const SESSION_FAILED = problem("session-failed", "Your session can't be renewed", "", 503);
export const UNREACHABLE = problem("unreachable", "The dashboard can't be reached", "The connection was lost.", 503);
export const UNANSWERED = problem("no-answer", "The dashboard didn't load", "It is away, or not for this site.", 503);
export const RENEWED = problem("", "This dashboard is being renewed", "A new link is on its way.");

export class Refusal extends Error {
  /**
   * @param {Problem} cause
   * @param {number} after seconds to wait for, as the server says
   */
  constructor(cause, after = 0) {
    super(cause.title);
    this.problem = cause;
    this.after = after;
  }
}
