// What the page tells the site that frames it. Nothing here is secret, so any origin may hear it.

export function tell(type, details = {}) {
  if (window.parent !== window) window.parent.postMessage({ source: "clerestory", type, ...details }, "*");
}

// The content's height never depends on the frame's, so a site may set the frame to it: it settles.
export function tellHeight(content) {
  let told = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(content.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    tell("height", { height });
  }).observe(content);
}
