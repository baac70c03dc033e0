// One key, one thing done. Off while somebody types, in a dialogue, and where the reader turned keys off.

import { byId } from "./dom.js";
import { mark, undo } from "./marks.js";
import { step, turn } from "./rows.js";
import { run } from "./run.js";
import { close, goToSample } from "./sample.js";
import { change, onChange, state } from "./state.js";

const ACTS = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  ArrowRight: () => turn(1),
  ArrowLeft: () => turn(-1),
  y: () => state.row !== null && mark(state.row, "keep"),
  n: () => state.row !== null && mark(state.row, "drop"),
  u: () => undo(),
  m: () => run.map && change({ view: state.view === "map" ? "list" : "map" }),
  s: () => goToSample(),
  f: () => goToFilters(),
  "/": () => byId("search").focus(),
  "?": () => byId("help").showModal(),
  Escape: () => shutMenus() || shutPanels() || (state.row !== null && close()),
};
const TYPED = "input:not([type=checkbox]):not([type=radio]), select, textarea"; // keys belong to these
const MOVED = "input, summary, canvas, [data-scrolls]"; // arrows do

/** Listens to the keyboard. */
export function startKeys() {
  addEventListener("keydown", act);
  addEventListener("click", ({ target }) => shutMenus(target.closest("button") ? null : target.closest(".menu")));
  byId("open-help").addEventListener("click", () => byId("help").showModal());
  const box = byId("keys-on");
  box.checked = state.keys;
  box.addEventListener("change", () => change({ keys: box.checked }, { replace: true }));
  onChange((changed) => changed.has("keys") && (box.checked = state.keys));
}

/** Closes the open menus but one; whether there was any. A click beside a menu, or on what it does, closes it. */
function shutMenus(but = null) {
  const open = [...document.querySelectorAll(".menu[open]")].filter((menu) => menu !== but);
  for (const menu of open) menu.open = false;
  return open.length > 0;
}

/** Puts the focus on the filters, and opens them where they lie over the list. */
function goToFilters() {
  const covered = getComputedStyle(byId("panels")).display === "none";
  if (covered) byId("open-panels").click();
  byId("filter-column").focus();
}

/** Closes the filters where they lie over the list; whether they did. */
function shutPanels() {
  const open = document.body.hasAttribute("data-panels");
  if (open) byId("close-panels").click();
  return open;
}

function act(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return;
  const on = event.target instanceof Element ? event.target : document.body;
  if (on.matches(TYPED)) return void (event.key === "Escape" && on.blur());
  if (event.key.startsWith("Arrow") && on.closest(MOVED)) return;
  if (!state.keys && event.key.length === 1) return;
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (!(name in ACTS)) return;
  event.preventDefault();
  ACTS[name]();
}
