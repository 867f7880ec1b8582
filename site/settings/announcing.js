// What changes without the reader's looking at it is said by the live region.

const announcer = document.getElementById("announcer");

export function announce(text) {
  announcer.textContent = "";
  // Twice the same text is said twice only where it was gone between.
  requestAnimationFrame(() => { announcer.textContent = text; });
}
