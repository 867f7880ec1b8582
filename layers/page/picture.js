// A drawn chart as a PNG file: what the viewer sees, with its title, at twice the size for sharp print.

import { colours } from "./colours.js";
import { FONT } from "./theme.js";

const SCALE = 2;
const MARGIN = 20;
const TITLE = 18;
const DESCRIPTION = 13;

// `view` is Vega's.
export async function pictureFile(view, { title, description }) {
  const chart = await view.toCanvas(SCALE);
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d");
  const above = MARGIN + TITLE + (description ? DESCRIPTION + 8 : 0) + 16;
  const width = chart.width / SCALE;
  canvas.width = chart.width + 2 * MARGIN * SCALE;
  canvas.height = chart.height + (above + MARGIN) * SCALE;
  const [card, ink, muted] = colours(["card", "ink", "muted"]);
  brush.scale(SCALE, SCALE);
  brush.fillStyle = card;
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.textBaseline = "top";
  write(brush, title, { font: `600 ${TITLE}px ${FONT}`, ink, top: MARGIN, width });
  if (description) {
    const top = MARGIN + TITLE + 8;
    write(brush, description, { font: `${DESCRIPTION}px ${FONT}`, ink: muted, top, width });
  }
  brush.drawImage(chart, MARGIN, above, width, chart.height / SCALE);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture is too large."))), "image/png");
  });
}

function write(brush, text, { font, ink, top, width }) {
  brush.font = font;
  brush.fillStyle = ink;
  brush.fillText(text, MARGIN, top, width);
}
