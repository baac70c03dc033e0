// A histogram of a number: all samples behind, some of them in front, and what a threshold leaves out in grey.

import { el, svg } from "./dom.js";
import { count, shown } from "./format.js";

const WIDTH = 240;
const HEIGHT = 56;
const SMALLEST = 1.5; // pixels of a bar that is not empty

/** The drawing of `bins`, {low, high, all, shown}. `front` says in words what is in front; `low` and `high`: outside of
 * these nothing is taken. */
export function histogram(bins, { name, front, low = -Infinity, high = Infinity }) {
  if (!bins.length) return el("p", { class: "muted" }, "No sample has a value.");
  const [first, last] = ends(bins);
  const most = Math.max(...bins.map((bin) => bin.all), 1);
  const [all, some] = ["all", "shown"].map((part) => bins.reduce((sum, bin) => sum + bin[part], 0));
  const bars = bins.flatMap((bin, at) => {
    const out = bin.high < low || bin.low > high;
    return [bar("all", at, bin.all), bar(out ? "shown out" : "shown", at, bin.shown)];
  });
  const label = `Histogram of ${name} from ${shown(first)} to ${shown(last)}: ${count(some)} ${front} of ${count(all)} samples`;
  const limits = [low, high].filter((one) => one > first && one < last).map(limit);
  const box = { class: "histogram", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": label };
  const ticks = el("div", { class: "ends", "aria-hidden": "true" }, el("span", {}, shown(first)), el("span", {}, shown(last)));
  return el("div", { class: "plot" }, svg("svg", box, bars, limits), ticks);

  function bar(kind, at, height) {
    if (!height) return null;
    const tall = Math.max(SMALLEST, (HEIGHT * height) / most);
    const wide = WIDTH / bins.length;
    return svg("rect", { class: kind, x: at * wide + 0.5, width: Math.max(wide - 1, 0.5), y: HEIGHT - tall, height: tall });
  }

  function limit(value) {
    const at = bins.findIndex((bin) => value <= bin.high);
    const { low: from, high: to } = bins[at];
    const within = to > from ? (value - from) / (to - from) : value === high ? 1 : 0;
    const x = (WIDTH * (at + within)) / bins.length;
    return svg("line", { class: "limit", x1: x, x2: x, y1: 0, y2: HEIGHT });
  }
}

/** The least and the greatest value that bins hold. */
export function ends(bins) {
  return bins.length ? [bins[0].low, bins.at(-1).high] : [0, 0];
}

/** A handle over a histogram from `first` to `last`. `act(value)` is called while it moves. */
export function handle(name, [first, last], whole, value, act) {
  const steps = whole && last - first <= 1000 ? 1 : (last - first) / 200;
  const given = { type: "range", min: first, max: last, step: steps > 0 ? steps : "any", "aria-label": name };
  const input = el("input", given);
  input.value = value;
  if (!(last > first)) input.disabled = true;
  input.addEventListener("input", () => act(Number(input.value)));
  return input;
}
