// What the page shows, kept in the address after "#": a reload, a bookmark and Back bring it back.

const DEFAULTS = {
  search: "",
  filters: [], // {column, op, value}
  sort: [], // {column, descending}
  page: 0,
  row: null, // the sample in the pane
  columns: null, // those of the table; null: the page chooses
  view: "list", // or "map"
  colour: null, // the column that colours the map
  select: null, // the selection tried out; null: none
  keys: true, // whether single keys do something
};
const RESTARTS = ["search", "filters", "sort"]; // a change of these shows the first page
const listeners = [];

export const state = read();

/** Calls `hear` with the set of names that changed, after each change. */
export function onChange(hear) {
  listeners.push(hear);
}

/** Changes a part of the state. `replace`: Back does not return to what was before. */
export function change(part, { replace = false } = {}) {
  const whole = { ...part };
  if (RESTARTS.some((name) => name in part) && !("page" in part)) whole.page = 0;
  const changed = take(whole);
  if (!changed.size) return;
  history[replace ? "replaceState" : "pushState"](null, "", address());
  tell(changed);
}

/** The filters of one column replaced by `filters`. */
export function filterBy(column, filters, how) {
  change({ filters: [...state.filters.filter((one) => one.column !== column), ...filters] }, how);
}

addEventListener("popstate", () => tell(take(read())));

function take(part) {
  const changed = new Set();
  for (const [name, value] of Object.entries(part)) {
    if (JSON.stringify(state[name]) !== JSON.stringify(value)) changed.add(name);
    state[name] = value;
  }
  return changed;
}

function tell(changed) {
  if (changed.size) for (const hear of listeners) hear(changed);
}

function address() {
  const told = new URLSearchParams();
  for (const [name, value] of Object.entries(DEFAULTS)) {
    if (JSON.stringify(state[name]) !== JSON.stringify(value)) told.set(name, written(state[name]));
  }
  return `#${told}`;
}

function read() {
  const told = new URLSearchParams(location.hash.slice(1));
  const found = Object.entries(DEFAULTS).map(([name, value]) => [name, told.has(name) ? parsed(told.get(name), name) : value]);
  return Object.fromEntries(found);
}

function written(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function parsed(text, name) {
  if (typeof DEFAULTS[name] === "string" || name === "colour") return text;
  try {
    const value = JSON.parse(text);
    return fits(name, value) ? value : DEFAULTS[name];
  } catch {
    return DEFAULTS[name]; // an address typed by hand may hold anything
  }
}

/** A table whose gates and options, if there are any, can be drawn. */
function isSelection(value) {
  if (typeof value !== "object" || Array.isArray(value)) return false;
  const gates = value.gates ?? [];
  return Array.isArray(gates) && gates.every((one) => typeof one === "string");
}

function fits(name, value) {
  if (["filters", "sort"].includes(name)) return Array.isArray(value) && value.every((one) => typeof one?.column === "string");
  if (name === "columns") return Array.isArray(value) && value.every((one) => typeof one === "string");
  if (name === "page" || name === "row") return Number.isInteger(value) && value >= 0;
  if (name === "keys") return typeof value === "boolean";
  if (name === "select") return value === null || isSelection(value);
  return false;
}
