// The look of what is around the iframe. A sheet made by script is no inline style, so a strict
// Content-Security-Policy takes it.

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
/** @type {CSSStyleSheet | undefined} */
let sheet;

export function styleSheet() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  return sheet;
}
