// The map of the run: a point a sample on a canvas, coloured by a column; a click shows the sample that is nearest.

import * as api from "./api.js";
import { byId, el, fill } from "./dom.js";
import { brief, counted, shown } from "./format.js";
import { onMark } from "./marks.js";
import { complain } from "./notice.js";
import { run, title } from "./run.js";
import { change, onChange, state } from "./state.js";

const REACH = 14; // pixels from a point at which a click still means it
const MARGIN = 12; // pixels around the points
const SHADES = 6; // of numbers, from low to high
const NONE = 255; // stands for no value
const AGAIN = 1000; // milliseconds until one asks again for a map that is being made
const map = { points: null, how: "", colour: null };
let surface = null; // the canvas, and where the points lie on it

/** Offers the map where the run has one. */
export function startMap() {
  if (!run.map) return;
  byId("views").hidden = false;
  for (const view of ["list", "map"]) byId(`view-${view}`).addEventListener("click", () => change({ view }));
  onChange((changed) => {
    if (changed.has("view")) showView();
    if (changed.has("colour")) paint();
    if (changed.has("row")) draw();
  });
  onMark(() => state.colour === "label" && paint());
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
  surface = el("canvas", { role: "img", "aria-label": `Map of ${counted(map.points.rows.length)}`, "data-points": map.points.rows.length });
  surface.addEventListener("click", (event) => jump(event));
  surface.addEventListener("pointermove", (event) => hover(event));
  surface.addEventListener("pointerleave", () => fill(byId("under"), ""));
  const names = [...run.columns.keys()].filter((name) => !["id", "row", "live"].includes(name) && !name.startsWith("selection:"));
  const options = [el("option", { value: "" }, "nothing"), names.map((name) => el("option", { value: name }, title(name)))];
  const choice = el("select", { id: "map-colour", onchange: () => change({ colour: choice.value }, { replace: true }) }, options);
  choice.value = shownBy();
  fill(
    place,
    el("div", { class: "row" }, el("label", {}, "Colour by ", choice), el("span", { id: "legend" }), el("span", { id: "under", class: "muted" })),
    el("div", { class: "sheet" }, surface),
    el("p", { class: "muted" }, `${map.how} Filters do not thin the map out. A click shows the sample; the list shows the same by keyboard.`),
  );
  paint();
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

/** Points as the server packs them: row numbers of 32 bits, places of 16 bits, x to the right and y upwards. */
function decoded({ rows, x, y }) {
  const points = { rows: new Uint32Array(bytes(rows)), x: new Uint16Array(bytes(x)), y: new Uint16Array(bytes(y)) };
  return { ...points, right: points.x.reduce(larger, 1), top: points.y.reduce(larger, 1) };
}

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}

function larger(one, other) {
  return Math.max(one, other);
}

/** The name of each point's colour, and what the colours mean. */
function coloured(told) {
  const values = new Uint8Array(bytes(told.values));
  const none = values.includes(NONE) ? [{ at: "none", name: "no value" }] : [];
  if (told.kind === "label") {
    const names = told.names.map((name, at) => ({ at: `l${at}`, name: brief(shown(name)) || "(empty)" }));
    return { places: Array.from(values, (one) => (one === NONE ? "none" : `l${one}`)), legend: [...names, ...none] };
  }
  const places = Array.from(values, (one) => (one === NONE ? "none" : `s${Math.floor((one * SHADES) / NONE)}`));
  const edge = (at) => shown(told.low + ((told.high - told.low) * at) / SHADES);
  const shades = Array.from({ length: SHADES }, (_, at) => ({ at: `s${at}`, name: `${edge(at)} to ${edge(at + 1)}` }));
  return { places, legend: [...shades.filter(({ at }) => places.includes(at)), ...none] };
}

function draw() {
  if (state.view !== "map" || !surface?.isConnected) return;
  const { rows } = map.points;
  const context = fitted();
  const style = getComputedStyle(document.documentElement);
  const paints = new Map();
  const paint = (name) => paints.get(name) ?? paints.set(name, style.getPropertyValue(`--${name}`)).get(name);
  const size = rows.length > 20_000 ? 2 : rows.length > 3000 ? 3 : 5;
  context.globalAlpha = rows.length > 3000 ? 0.7 : 0.85;
  for (let at = 0; at < rows.length; at += 1) {
    const [x, y] = placeOf(at);
    context.fillStyle = paint(map.colour ? map.colour.places[at] : "l0");
    context.fillRect(x - size / 2, y - size / 2, size, size);
  }
  const current = rows.indexOf(state.row);
  if (current >= 0) ring(context, placeOf(current), style.getPropertyValue("--ink"));
}

/** The canvas as large as its place, in pixels of the screen. */
function fitted() {
  const { clientWidth: width, clientHeight: height } = surface.parentElement;
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

/** Where a point lies, in pixels of the page from the corner of the canvas. */
function placeOf(at) {
  const { clientWidth: width, clientHeight: height } = surface.parentElement;
  const { x, y, right, top } = map.points;
  const scale = Math.min((width - 2 * MARGIN) / right, (height - 2 * MARGIN) / top);
  return [width / 2 + (x[at] - right / 2) * scale, height / 2 - (y[at] - top / 2) * scale];
}

/** The point under the pointer, or -1. */
function under(event) {
  let best = -1;
  let near = REACH ** 2;
  for (let at = 0; at < map.points.rows.length; at += 1) {
    const [x, y] = placeOf(at);
    const far = (x - event.offsetX) ** 2 + (y - event.offsetY) ** 2;
    if (far <= near) [best, near] = [at, far];
  }
  return best;
}

function jump(event) {
  const at = under(event);
  if (at >= 0) change({ row: map.points.rows[at] });
}

function hover(event) {
  const at = under(event);
  fill(byId("under"), at < 0 ? "" : `#${map.points.rows[at]}`);
}
