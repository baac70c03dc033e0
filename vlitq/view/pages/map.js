// The map of the run: a point a sample on a canvas, coloured by a column, pale where it does not fit the filters; a
// click shows the sample that is nearest, a rectangle becomes a filter.

import * as api from "./api.js";
import { brush } from "./brush.js";
import { byId, el, fill } from "./dom.js";
import { counted } from "./format.js";
import { onMark } from "./marks.js";
import { complain } from "./notice.js";
import { bits, coloured, decoded, frame } from "./points.js";
import { onRows, page } from "./rows.js";
import { run, title } from "./run.js";
import { change, onChange, state } from "./state.js";

const REACH = 14; // pixels from a point at which a click still means it
const AGAIN = 1000; // milliseconds until one asks again for a map that is being made
const SIDES = ["map.x", "map.y"]; // columns of the places
const PALE = 0.18; // of what does not fit
const HELP = "A click shows the sample, a rectangle drawn with the mouse becomes a filter. By keyboard: arrows move a cross (with Shift in small steps), Enter shows the sample there, Space begins a rectangle and ends it, Esc takes it off.";
const map = { points: null, how: "", colour: null, fits: null, of: "" };
const askFits = api.latest(api.fits);
let surface = null; // the canvas
let drawing = null; // what shows the rectangle over it

/** Offers the map where the run has one. */
export function startMap() {
  if (!run.map) return;
  byId("views").hidden = false;
  for (const view of ["list", "map"]) byId(`view-${view}`).addEventListener("click", () => change({ view }));
  onChange((changed) => {
    if (changed.has("view")) showView();
    if (changed.has("colour")) paint();
    if (changed.has("filters")) showRectangle();
    if (changed.has("row")) draw();
  });
  onRows(() => page.busy || thin());
  onMark((row) => {
    if (state.colour === "label") paint();
    if (row === null) map.of = "";
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new ResizeObserver(draw).observe(byId("map"));
  showView();
}

function showView() {
  const on = state.view === "map";
  byId("map").hidden = !on;
  byId("scroll").hidden = on;
  for (const view of ["list", "map"]) byId(`view-${view}`).setAttribute("aria-pressed", String(state.view === view));
  if (on) show();
}

async function show() {
  const place = byId("map");
  if (!map.points) {
    try {
      const told = await api.map();
      Object.assign(map, { points: decoded(told), how: told.how });
    } catch (error) {
      if (error.early) setTimeout(() => state.view === "map" && show(), AGAIN);
      const wait = "The map is being made. The first time this takes a while; the explorer can be used meanwhile.";
      return fill(place, el("p", { class: "empty" }, error.early ? wait : error.message));
    }
  }
  const held = { role: "application", tabindex: "0", "aria-describedby": "map-help", "data-points": map.points.rows.length };
  surface = el("canvas", { ...held, "aria-label": `Map of ${counted(map.points.rows.length)}` });
  const sheet = el("div", { class: "sheet" }, surface);
  drawing = brush(surface, sheet, { pick: jump, over: hover, away: () => fill(byId("under")), drawn: filterWithin, cleared });
  fill(
    place,
    el("div", { class: "row" }, colourBy(), el("span", { id: "legend" }), el("span", { id: "under", class: "muted", role: "status" })),
    sheet,
    el("p", { class: "muted" }, map.how, " ", el("span", { id: "fitting" })),
    el("p", { class: "muted", id: "map-help" }, HELP),
  );
  paint();
  thin();
}

function colourBy() {
  const names = [...run.columns.keys()].filter((name) => !["id", "row", "live", ...SIDES].includes(name) && !name.startsWith("selection:"));
  const options = [el("option", { value: "" }, "nothing"), names.map((name) => el("option", { value: name }, title(name)))];
  const choice = el("select", { id: "map-colour", onchange: () => change({ colour: choice.value }, { replace: true }) }, options);
  choice.value = shownBy();
  return el("label", {}, "Colour by ", choice);
}

/** The column that colours the points: the one chosen, "" for none; before any choice the source, where there are several. */
function shownBy() {
  return state.colour ?? ((run.columns.get("source")?.values ?? []).length > 1 ? "source" : "");
}

async function paint() {
  if (state.view !== "map" || !map.points) return;
  map.colour = null;
  if (run.columns.has(shownBy())) {
    try {
      map.colour = coloured((await api.map(shownBy())).colour);
    } catch (error) {
      complain(error);
    }
  }
  const entries = map.colour?.legend ?? [];
  fill(byId("legend"), entries.map(({ name, at }) => el("span", { class: `key c${at}` }, name)));
  draw();
}

/** Asks which points fit the filters and the search, where these, or what they go by, are others than before. */
async function thin() {
  if (state.view !== "map" || !map.points || page.error) return;
  const { filters, search } = state;
  const of = JSON.stringify([filters, search, state.select]);
  if (of === map.of) return draw();
  try {
    map.fits = filters.length || search ? bits((await askFits({ filters, search })).fits) : null;
    map.of = of;
  } catch (error) {
    complain(error);
  }
  draw();
}

function draw() {
  if (state.view !== "map" || !surface?.isConnected) return;
  const { rows, x, y } = map.points;
  const to = frame(map.points, surface.parentElement);
  const context = fitted(to);
  const style = getComputedStyle(document.documentElement);
  const paints = new Map();
  const paint = (name) => paints.get(name) ?? paints.set(name, style.getPropertyValue(`--${name}`)).get(name);
  const size = rows.length > 20_000 ? 2 : rows.length > 3000 ? 3 : 5;
  for (const bright of map.fits ? [false, true] : [true]) {
    context.globalAlpha = !bright ? PALE : rows.length > 3000 ? 0.7 : 0.85;
    for (let at = 0; at < rows.length; at += 1) {
      if (map.fits && map.fits(at) !== bright) continue;
      context.fillStyle = paint(map.colour ? map.colour.places[at] : "l0");
      context.fillRect(to.across(x[at]) - size / 2, to.down(y[at]) - size / 2, size, size);
    }
  }
  const current = rows.indexOf(state.row);
  if (current >= 0) ring(context, [to.across(x[current]), to.down(y[current])], style.getPropertyValue("--ink"));
  fill(byId("fitting"), map.fits ? "Pale samples do not fit the filters." : "");
  showRectangle();
}

/** The canvas as large as its place, in pixels of the screen. */
function fitted({ width, height }) {
  const fine = devicePixelRatio || 1;
  surface.width = Math.round(width * fine);
  surface.height = Math.round(height * fine);
  const context = surface.getContext("2d");
  context.scale(fine, fine);
  return context;
}

function ring(context, [x, y], colour) {
  context.globalAlpha = 1;
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 8, 0, 2 * Math.PI);
  context.stroke();
}

/** The point near a pixel, of those that fit, or -1. */
function under(left, down) {
  const { rows, x, y } = map.points;
  const to = frame(map.points, surface.parentElement);
  let best = -1;
  let near = REACH ** 2;
  for (let at = 0; at < rows.length; at += 1) {
    const far = (to.across(x[at]) - left) ** 2 + (to.down(y[at]) - down) ** 2;
    if (far <= near && (!map.fits || map.fits(at))) [best, near] = [at, far];
  }
  return best;
}

function jump(x, y) {
  const at = under(x, y);
  if (at >= 0) change({ row: map.points.rows[at] });
  else fill(byId("under"), "no sample here");
}

function hover(x, y) {
  const at = under(x, y);
  fill(byId("under"), at < 0 ? "" : `#${map.points.rows[at]}`);
}

function filterWithin({ left, right, top, bottom }) {
  const to = frame(map.points, surface.parentElement);
  const bound = (column, op, value) => ({ column, op, value: Number(value.toFixed(4)) });
  const [x, y] = SIDES;
  const made = [bound(x, ">=", to.x(left)), bound(x, "<=", to.x(right)), bound(y, ">=", to.y(bottom)), bound(y, "<=", to.y(top))];
  change({ filters: [...others(), ...made] });
}

/** Takes the rectangle off; whether there was one. */
function cleared() {
  const had = others().length < state.filters.length;
  if (had) change({ filters: others() });
  return had;
}

function others() {
  return state.filters.filter(({ column }) => !SIDES.includes(column));
}

/** The rectangle that the filters are, over the points; a side without a bound ends at the edge. */
function showRectangle() {
  if (state.view !== "map" || !surface?.isConnected) return;
  const to = frame(map.points, surface.parentElement);
  const bound = (column, op) => state.filters.find((one) => one.column === column && one.op === op)?.value;
  const [x, y] = SIDES;
  const sides = [bound(x, ">="), bound(x, "<="), bound(y, "<="), bound(y, ">=")];
  if (sides.every((one) => one === undefined)) return drawing.show(null);
  const within = (value, pixel, edge, most) => (typeof value === "number" ? Math.min(Math.max(pixel(value), 0), most) : edge);
  drawing.show({
    left: within(sides[0], to.fromX, 0, to.width),
    right: within(sides[1], to.fromX, to.width, to.width),
    top: within(sides[2], to.fromY, 0, to.height),
    bottom: within(sides[3], to.fromY, to.height, to.height),
  });
}
