// Compiled, never run: what clerestory.d.ts declares is what the client's sources export.

import * as written from "../../site/client/element.js";
import * as declared from "../../site/clerestory.js";

type Names = keyof typeof declared;
type Same<One, Other> = [One, Other] extends [Other, One] ? true : false;

export const names: Same<Names, keyof typeof written> = true;
export const everything: typeof declared = written;
export const taken: {
  [Name in Exclude<Names, "ClerestoryDashboard">]: Same<
    Parameters<(typeof declared)[Name]>,
    Parameters<(typeof written)[Name]>
  >;
} = { configure: true, mountDashboard: true, provideSession: true };
