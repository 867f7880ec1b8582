// A list that comes in pages: the first, and more on demand.

import { announce } from "./announcing.js";
import { button, h } from "./elements.js";
import { counted } from "./formats.js";
import { problemBox } from "./problems.js";

/** `first` is the API's answer; `name` is the list's in it; `row` makes a row of an entry. Returns what
 * stands under the table, whose body is `tbody`. */
export function more(first, { name, load, row, tbody, signal }) {
  const problem = h("div");
  const control = button("Show more", next, { look: "quiet" });
  let mark = first.next;
  const element = h("div", { class: "more", hidden: !mark }, control, problem);

  async function next() {
    control.disabled = true;
    problem.replaceChildren();
    try {
      const page = await load(mark);
      if (signal.aborted) return;
      tbody.append(...page[name].map(row));
      mark = page.next;
      announce(`${counted(page[name].length, "more entry", "more entries")} shown${mark ? "" : ", and these are all"}`);
      if (!mark) {
        tbody.tabIndex = -1;
        tbody.focus();
      }
      element.hidden = !mark;
    } catch (error) {
      if (!signal.aborted) problem.replaceChildren(problemBox(error));
    } finally {
      control.disabled = false;
      if (mark) control.focus();
    }
  }
  return element;
}
