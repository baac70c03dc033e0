// A rectangle drawn over a sheet, by pointer or by keyboard, and a cross that keys move.

import { el } from "./dom.js";

const STILL = 5; // pixels that a pointer may move and still have clicked
const FAR = 16; // pixels that an arrow key moves the cross; with Shift one eighth of it
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Has `surface`, which fills `sheet`, tell what is done on it, in its pixels: `pick(x, y)` of a click or Enter,
 * `over(x, y)` of where the pointer or the cross is, `away()` when it left, `drawn({left, right, top, bottom})` of a
 * rectangle, and `cleared()`, true if there was one, of Escape. */
export function brush(surface, sheet, { pick, over, away, drawn, cleared }) {
  const frame = el("div", { class: "brush", hidden: true });
  const cross = el("div", { class: "cross", hidden: true });
  sheet.append(frame, cross);
  let from = null; // the corner that stays, while a rectangle is drawn
  let at = null; // where the cross is
  let resting = null; // the rectangle that is not being drawn
  surface.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    cross.hidden = true;
    from = { x: event.offsetX, y: event.offsetY };
    surface.setPointerCapture(event.pointerId);
  });
  surface.addEventListener("pointermove", (event) => {
    if (from && cross.hidden && far(event)) place(frame, between(from, inside(event)));
    else if (!from) over(event.offsetX, event.offsetY);
  });
  surface.addEventListener("pointerup", (event) => {
    if (!from || !cross.hidden) return;
    const [corner, moved] = [from, far(event)];
    from = null;
    if (moved) drawn(between(corner, inside(event)));
    else pick(event.offsetX, event.offsetY);
  });
  surface.addEventListener("pointercancel", stop);
  surface.addEventListener("pointerleave", () => !from && away());
  surface.addEventListener("keydown", key);
  surface.addEventListener("blur", () => ((cross.hidden = true), stop(), away()));
  return { show: (rectangle) => ((resting = rectangle), from || place(frame, rectangle)) };

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !act(event)) return;
    event.preventDefault();
  }

  /** Whether the key meant something here. */
  function act({ key: name, shiftKey }) {
    if (name in WAYS) return move(WAYS[name], shiftKey ? FAR / 8 : FAR);
    if (name === "Enter") return from ? finish() : (here(), pick(at.x, at.y), true);
    if (name === " ") return from ? finish() : begin();
    if (name === "Escape") return from ? (stop(), true) : cleared();
    return false;
  }

  function move([right, down], by) {
    here();
    at = inside({ offsetX: at.x + right * by, offsetY: at.y + down * by });
    put();
    if (from) place(frame, between(from, at));
    over(at.x, at.y);
    return true;
  }

  function begin() {
    here();
    from = { ...at };
    place(frame, between(from, at));
    return true;
  }

  function finish() {
    const corner = from;
    from = null;
    drawn(between(corner, at));
    return true;
  }

  function stop() {
    from = null;
    place(frame, resting);
  }

  /** The cross stands in the middle before it was ever moved. */
  function here() {
    at = inside(at ? { offsetX: at.x, offsetY: at.y } : { offsetX: sheet.clientWidth / 2, offsetY: sheet.clientHeight / 2 });
    cross.hidden = false;
    put();
  }

  function put() {
    cross.style.left = `${at.x}px`;
    cross.style.top = `${at.y}px`;
  }

  function far({ offsetX, offsetY }) {
    return Math.hypot(offsetX - from.x, offsetY - from.y) > STILL;
  }

  function inside({ offsetX, offsetY }) {
    const within = (value, most) => Math.min(Math.max(value, 0), most);
    return { x: within(offsetX, sheet.clientWidth), y: within(offsetY, sheet.clientHeight) };
  }
}

function between(one, other) {
  const [left, right] = [one.x, other.x].sort((a, b) => a - b);
  const [top, bottom] = [one.y, other.y].sort((a, b) => a - b);
  return { left, right, top, bottom };
}

function place(frame, rectangle) {
  frame.hidden = !rectangle;
  if (!rectangle) return;
  const { left, right, top, bottom } = rectangle;
  for (const [name, value] of Object.entries({ left, top, width: right - left, height: bottom - top })) frame.style[name] = `${value}px`;
}
