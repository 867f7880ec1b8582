// Files that the page itself makes. No request is made for them, and no token is in their names.

import { element } from "./elements.js";

const LONGEST_NAME = 80;

export function save(file, name) {
  const url = URL.createObjectURL(file);
  const link = element("a", { href: url, download: name, hidden: "" });
  document.body.append(link);
  link.click();
  link.remove();
  // Not at once: the browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

// A title as a file's name, in any script; nothing in it is special to a file system.
export function fileName(title, suffix) {
  const words = title.normalize("NFC").toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, "-").slice(0, LONGEST_NAME);
  return `${words.replace(/^-+|-+$/g, "") || "chart"}.${suffix}`;
}
