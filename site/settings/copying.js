// Into the clipboard, and a word that it's done.

import { announce } from "./announcing.js";
import { button } from "./elements.js";

/** A button that copies what `text` returns or promises. `what` names it. */
export function copyButton(what, text, more = {}) {
  const element = button("Copy", () => copy(element, what, text), { "aria-label": `Copy ${what}`, ...more });
  return element;
}

async function copy(element, what, text) {
  try {
    await write(Promise.resolve(text()));
    report(element, "Copied", `Copied ${what}`);
  } catch (error) {
    report(element, "Not copied", error.problem?.title ?? "The browser didn't let this page copy");
  }
}

/** Some browsers forget the reader's click while an answer is on its way, but wait for a promise. */
async function write(text) {
  if (!navigator.clipboard?.write) return navigator.clipboard.writeText(await text);
  const blob = text.then((value) => new Blob([value], { type: "text/plain" }));
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}

function report(element, shown, spoken) {
  element.textContent = shown;
  announce(spoken);
  setTimeout(() => { element.textContent = "Copy"; }, 2000);
}
