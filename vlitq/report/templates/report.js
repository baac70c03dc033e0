"use strict";
// Draws the map, marks the section that is being read, and lets the keyboard scroll what is wide. No text of the
// dataset becomes markup: all of it goes through textContent.
const NONE = 65535, STEPS = 65534;

function numbers(base64) {
  const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  const view = new DataView(bytes.buffer), found = new Uint16Array(bytes.length / 2);
  for (let at = 0; at < found.length; at++) found[at] = view.getUint16(2 * at, true);
  return found;
}

function variable(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function ramp() {
  const stops = [1, 2, 3, 4].map((one) => channels(variable(`--ramp-${one}`)));
  return Array.from({ length: 64 }, (_, at) => {
    const place = (at / 63) * 3, left = Math.min(Math.floor(place), 2), part = place - left;
    const mixed = stops[left].map((one, channel) => Math.round(one + (stops[left + 1][channel] - one) * part));
    return `rgb(${mixed.join(",")})`;
  });
}

function short(value) {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}

class Column {
  constructor(packed) {
    Object.assign(this, packed);
    this.codes = numbers(packed.values);
  }
  value(point) {
    return this.low + ((this.high - this.low) * this.codes[point]) / STEPS;
  }
  said(point) {
    const code = this.codes[point];
    if (code === NONE) return "none";
    if (this.kind === "label") return this.labels[code].text;
    const value = this.value(point), step = (this.high - this.low) / STEPS;
    return (step > Math.abs(value) / 500 ? "about " : "") + short(value);
  }
  // The colour of a point as a number: of a label its place, of a value its place on the ramp; -1 for none.
  colour(point) {
    const code = this.codes[point];
    if (code === NONE) return -1;
    if (this.kind === "label") return code;
    const [low, high] = this.shown;
    const share = high > low ? (this.value(point) - low) / (high - low) : 0.5;
    return Math.round(Math.min(Math.max(share, 0), 1) * 63);
  }
  palette() {
    if (this.kind === "number") return ramp();
    const named = Array.from({ length: 10 }, (_, at) => variable(`--series-${at + 1}`));
    return [...named, variable("--muted")];
  }
}

class PointMap {
  constructor(figure) {
    const data = JSON.parse(document.getElementById(figure.dataset.points).textContent);
    this.figure = figure;
    this.canvas = figure.querySelector("canvas");
    this.select = figure.querySelector("select");
    this.x = numbers(data.x);
    this.y = numbers(data.y);
    this.ids = data.ids;
    this.rows = data.rows;
    this.columns = data.colours.map((one) => new Column(one));
    this.at = -1;
    this.listen();
    this.draw();
  }
  listen() {
    this.select.addEventListener("change", () => this.draw());
    this.canvas.addEventListener("pointermove", (event) => this.tell(this.nearest(event)));
    this.canvas.addEventListener("pointerdown", (event) => this.tell(this.nearest(event)));
    this.canvas.addEventListener("pointerleave", () => this.tell(-1));
    this.canvas.addEventListener("keydown", (event) => this.step(event));
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }
  get column() {
    return this.columns[Number(this.select.value)];
  }
  place(point) {
    const edge = 14 * this.scale, { width, height } = this.canvas;
    return [
      edge + (this.x[point] / STEPS) * (width - 2 * edge),
      height - edge - (this.y[point] / STEPS) * (height - 2 * edge),
    ];
  }
  draw() {
    const box = this.canvas.getBoundingClientRect();
    this.scale = window.devicePixelRatio || 1;
    this.canvas.width = Math.max(1, Math.round(box.width * this.scale));
    this.canvas.height = Math.max(1, Math.round(box.height * this.scale));
    const pen = this.canvas.getContext("2d"), column = this.column;
    const radius = this.scale * Math.min(5, Math.max(1.6, 90 / Math.sqrt(this.ids.length + 1)));
    const palette = column ? column.palette() : [variable("--series-1")];
    const absent = variable("--none");
    pen.globalAlpha = 0.85;
    for (let point = 0; point < this.ids.length; point++) {
      const colour = column ? column.colour(point) : 0;
      pen.fillStyle = colour < 0 ? absent : palette[colour];
      const [x, y] = this.place(point);
      if (column && column.kind === "label" && colour > 5) {
        pen.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
      } else {
        pen.beginPath();
        pen.arc(x, y, radius, 0, 2 * Math.PI);
        pen.fill();
      }
    }
    this.ring(pen, radius);
    this.legend(palette);
  }
  ring(pen, radius) {
    if (this.at < 0) return;
    const [x, y] = this.place(this.at);
    pen.globalAlpha = 1;
    pen.strokeStyle = variable("--ink");
    pen.lineWidth = 2 * this.scale;
    pen.beginPath();
    pen.arc(x, y, radius + 4 * this.scale, 0, 2 * Math.PI);
    pen.stroke();
  }
  legend(palette) {
    const list = this.figure.querySelector(".legend"), column = this.column;
    list.replaceChildren();
    if (!column) return;
    const absent = column.codes.reduce((sum, code) => sum + (code === NONE), 0);
    if (column.kind === "number") {
      const [low, high] = column.shown;
      list.append(entry(`${column.low < low ? "up to " : ""}${short(low)}`, null));
      list.append(entry(`${short(high)}${column.high > high ? " and more" : ""}`, palette));
    } else {
      column.labels.forEach((one, at) => list.append(entry(`${one.text} (${short(one.n)})`, [palette[at]], at > 5)));
    }
    if (absent) list.append(entry(`none (${short(absent)})`, [variable("--none")]));
  }
  nearest(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = (event.clientX - box.left) * this.scale, y = (event.clientY - box.top) * this.scale;
    let best = -1, least = (20 * this.scale) ** 2;
    for (let point = 0; point < this.ids.length; point++) {
      const [left, top] = this.place(point), far = (left - x) ** 2 + (top - y) ** 2;
      if (far < least) [best, least] = [point, far];
    }
    return best;
  }
  // The nearest point in the direction of an arrow key.
  step(event) {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] || [];
    if (dx === undefined || !this.ids.length) return;
    event.preventDefault();
    if (this.at < 0) return this.tell(0);
    const [x, y] = this.place(this.at);
    let best = this.at, least = Infinity;
    for (let point = 0; point < this.ids.length; point++) {
      const [left, top] = this.place(point), along = (left - x) * dx + (top - y) * dy;
      const aside = Math.abs((left - x) * dy) + Math.abs((top - y) * dx);
      if (along > 0 && along + 2 * aside < least) [best, least] = [point, along + 2 * aside];
    }
    this.tell(best);
  }
  tell(point) {
    if (point === this.at) return;
    this.at = point;
    const column = this.column;
    this.figure.querySelector(".point").textContent = point < 0 ? ""
      : `${this.ids[point]} (row ${this.rows[point]})` + (column ? `, ${column.name}: ${column.said(point)}` : "");
    this.draw();
  }
}

function entry(text, colours, square) {
  const item = document.createElement("li"), said = document.createElement("span");
  said.textContent = text;
  if (colours) item.append(swatch(colours, square));
  item.append(said);
  return item;
}

function swatch(colours, square) {
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d"), wide = colours.length > 1;
  canvas.setAttribute("aria-hidden", "true");
  if (wide) canvas.className = "ramp";
  canvas.width = wide ? 280 : 24;
  canvas.height = 24;
  colours.forEach((colour, at) => {
    pen.fillStyle = colour;
    if (wide) return pen.fillRect((at * 280) / colours.length, 0, 280 / colours.length + 1, 24);
    if (square) return pen.fillRect(2, 2, 20, 20);
    pen.arc(12, 12, 10, 0, 2 * Math.PI);
    pen.fill();
  });
  return canvas;
}

// What scrolls sideways can be reached by the keyboard, and only that.
function reachable() {
  for (const box of document.querySelectorAll(".scroll")) {
    if (box.scrollWidth > box.clientWidth + 1) {
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", box.querySelector("caption, title")?.textContent || "Wide content");
    } else if (box.hasAttribute("tabindex")) {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  }
}

function reading() {
  const links = new Map([...document.querySelectorAll(".aside a")].map((one) => [one.hash.slice(1), one]));
  const seen = new IntersectionObserver((entries) => {
    for (const one of entries) {
      if (!one.isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(one.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-15% 0px -75% 0px" });
  for (const section of document.querySelectorAll("main > section")) seen.observe(section);
}

for (const figure of document.querySelectorAll("figure.map")) new PointMap(figure);
reading();
reachable();
new ResizeObserver(reachable).observe(document.querySelector("main"));
document.addEventListener("toggle", reachable, true);
for (const link of document.querySelectorAll(".folded a")) {
  link.addEventListener("click", () => { link.closest("details").open = false; });
}
