// The points of the map as the server packs them, and where they lie in pixels.

import { brief, shown } from "./format.js";

const TOP = 65535; // stands for 1, the longer side of the map
const MARGIN = 12; // pixels around the points
const SHADES = 6; // of numbers, from low to high
const NONE = 255; // stands for no value

/** Row numbers of 32 bits, places of 16 bits, x to the right and y upwards. */
export function decoded({ rows, x, y }) {
  const points = { rows: new Uint32Array(bytes(rows)), x: new Uint16Array(bytes(x)), y: new Uint16Array(bytes(y)) };
  return { ...points, right: points.x.reduce(larger, 1), top: points.y.reduce(larger, 1) };
}

/** A function that tells of a point, by its number, whether its bit is set. */
export function bits(text) {
  const packed = new Uint8Array(bytes(text));
  return (at) => Boolean((packed[at >> 3] >> (at & 7)) & 1);
}

/** The name of each point's colour, and what the colours mean. */
export function coloured(told) {
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

/** How points become pixels of a sheet of this size, and pixels places on the map, from 0 to 1. */
export function frame(points, { clientWidth: width, clientHeight: height }) {
  const scale = Math.max(Math.min((width - 2 * MARGIN) / points.right, (height - 2 * MARGIN) / points.top), 1e-9);
  const across = (x) => width / 2 + (x - points.right / 2) * scale;
  const down = (y) => height / 2 - (y - points.top / 2) * scale;
  return {
    across,
    down,
    x: (pixels) => ((pixels - width / 2) / scale + points.right / 2) / TOP,
    y: (pixels) => ((height / 2 - pixels) / scale + points.top / 2) / TOP,
    fromX: (place) => across(place * TOP),
    fromY: (place) => down(place * TOP),
    width,
    height,
  };
}

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}

function larger(one, other) {
  return Math.max(one, other);
}
