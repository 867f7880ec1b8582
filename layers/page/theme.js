// Vega's look. Every colour comes from page.css, so that light and dark are decided in one place.

import { colours } from "./colours.js";
import { NOTHING } from "./formats.js";

export const FONT = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

const LABEL = `datum.value === null ? '${NOTHING}' : datum.label`;

export function vegaTheme() {
  const textSize = parseFloat(window.getComputedStyle(document.documentElement).fontSize);
  // Sizes follow the page's own text, which grows on very wide screens.
  const size = (pixels) => Math.round((pixels * textSize) / 16);
  const ramp = (name, steps) => colours(Array.from({ length: steps }, (_, step) => `${name}-${step + 1}`));
  const [ink, muted, line, first, card] = colours(["ink", "muted", "line", "series-1", "card"]);
  const words = { labelColor: muted, titleColor: muted, labelFontSize: size(11), titleFontSize: size(11), titleFontWeight: 500 };
  return {
    font: FONT,
    background: null,
    // The picture has one text alternative, the card's.
    aria: false,
    padding: { left: 2, right: 6, top: 4, bottom: 6 },
    view: { stroke: null },
    axis: {
      ...words,
      domain: false,
      ticks: false,
      gridColor: line,
      gridWidth: 1,
      labelPadding: 8,
      titlePadding: 10,
      labelOverlap: true,
      labelSeparation: 5,
      labelExpr: LABEL,
    },
    axisBand: { grid: false },
    axisX: { grid: false },
    axisXDiscrete: { labelAngle: 0 },
    axisTemporal: { labelFlush: false },
    legend: {
      ...words,
      labelFontSize: size(12),
      orient: "top",
      direction: "horizontal",
      // Beside a phone's long names there is room for one.
      ...(window.innerWidth < 320 ? { columns: 1 } : {}),
      titleOrient: "left",
      titleAnchor: "middle",
      titlePadding: 8,
      symbolType: "circle",
      symbolSize: 70,
      symbolStrokeWidth: 0,
      symbolOpacity: 1,
      columnPadding: 14,
      labelOverlap: "greedy",
      labelSeparation: 3,
      gradientThickness: 8,
      gradientStrokeWidth: 0,
      gradientLength: 150,
      offset: 10,
    },
    header: { labelColor: ink, titleColor: muted },
    title: { color: ink, anchor: "start", fontSize: size(13), fontWeight: 600 },
    range: { category: ramp("series", 6), heatmap: ramp("heat", 5), ramp: ramp("ramp", 5), ordinal: ramp("ramp", 5) },
    mark: { color: first },
    bar: { cornerRadiusEnd: 2 },
    line: { strokeWidth: 2, strokeJoin: "round", strokeCap: "round" },
    area: { opacity: 0.2, line: true },
    arc: { stroke: card, strokeWidth: 1 },
    rule: { color: muted },
    text: { color: muted, fontSize: size(11) },
  };
}
