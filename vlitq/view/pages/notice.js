// What is told in passing: a line at the foot of the page, read out by screen readers, with a way back where there is one.

import { byId, el, fill } from "./dom.js";

const STAYS = 12_000; // milliseconds
let timer = 0;

/** Tells something that went well. `action`: {name, act}, a button beside it. */
export function tell(text, action = null) {
  show("status", text, action);
  timer = setTimeout(hide, STAYS);
}

/** Tells what went wrong; it stays until it is closed or something else is told. `action` as with `tell`. */
export function complain(error, action = null) {
  show("alert", error.message, action);
}

function show(kind, text, action) {
  clearTimeout(timer);
  for (const other of ["status", "alert"]) fill(byId(other));
  const act = () => {
    hide();
    action.act();
  };
  fill(
    byId(kind),
    el("span", {}, text),
    action && el("button", { type: "button", onclick: act }, action.name),
    el("button", { type: "button", class: "close", "aria-label": "Close the message", onclick: hide }, "×"),
  );
}

function hide() {
  for (const kind of ["status", "alert"]) fill(byId(kind));
}
