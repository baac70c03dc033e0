// Filters: a card for each column, with what is shown beside all, and the words and numbers that narrow it.

import * as api from "./api.js";
import { byId, debounced, el, fill } from "./dom.js";
import { brief, count, plain, shown } from "./format.js";
import { ends, handle, histogram } from "./histogram.js";
import { onMark } from "./marks.js";
import { complain } from "./notice.js";
import { isNumber, isWhole, run, title } from "./run.js";
import { change, filterBy, onChange, state } from "./state.js";

const WAIT = 180; // milliseconds after a slider or a field moved
const UNSELECTABLE = /^(live|label|row|map\.[xy]|selection:.*)$/; // columns of the explorer alone
const cards = new Map(); // column to {element, update}

/** Draws the filters now and whenever they change. */
export function startFilters() {
  const names = [...run.columns.keys()];
  const option = (name) => el("option", { value: name }, title(name));
  fill(byId("columns"), names.map(option));
  fill(byId("selectable"), names.filter((name) => !UNSELECTABLE.test(name)).map(option));
  byId("add-filter").addEventListener("submit", add);
  byId("filter-column").addEventListener("change", add);
  byId("clear-filters").addEventListener("click", clear);
  onChange((changed) => ["filters", "search"].some((name) => changed.has(name)) && update());
  onMark((row) => (row === null || cards.has("label")) && cards.get("label")?.update());
  if (!state.filters.length) for (const name of usual()) open(name);
  update();
}

/** Shows the card of a column. */
export function open(column) {
  if (cards.has(column)) return cards.get(column);
  const made = card(column);
  cards.set(column, made);
  byId("filters").append(made.element);
  return made;
}

function usual() {
  return ["source", "status"].filter((name) => (run.columns.get(name)?.values ?? []).length > 1);
}

function add(event) {
  event.preventDefault();
  const field = byId("filter-column");
  const name = field.value.trim();
  if (!name) return;
  if (!run.columns.has(name)) {
    if (event.type === "submit") complain(new Error(`There is no column ${name}: choose one of the list`));
    return;
  }
  field.value = "";
  const made = open(name);
  made.update();
  made.element.scrollIntoView({ block: "nearest" });
  made.element.querySelector("input, select")?.focus();
}

function clear() {
  for (const [name] of [...cards]) remove(name);
  change({ filters: [] });
  update();
}

function remove(column) {
  cards.get(column)?.element.remove();
  cards.delete(column);
}

function update() {
  for (const { column } of state.filters) if (run.columns.has(column)) open(column);
  for (const one of cards.values()) one.update();
  const number = state.filters.length;
  byId("clear-filters").hidden = !cards.size;
  fill(byId("filters-on"), number ? ` (${number})` : "");
}

/** The filters of a column that hold now. */
function own(column) {
  return state.filters.filter((one) => one.column === column);
}

function card(column) {
  const body = el("div", { class: "body" });
  const name = title(column);
  const shut = () => (remove(column), own(column).length ? filterBy(column, []) : update());
  const head = el("legend", {}, name);
  const off = el("button", { type: "button", class: "close", "aria-label": `Remove the filter on ${name}`, onclick: shut }, "×");
  const about = el("p", { class: "muted" }, run.columns.get(column).description);
  const element = el("fieldset", { class: "filter", "data-column": column }, head, off, about, body);
  const draw = isNumber(column) ? numbers(column, body) : labels(column, body);
  const ask = api.latest(api.histogram);
  const update = async () => {
    try {
      draw(column === "id" ? {} : await ask({ column, filters: state.filters, search: state.search }));
    } catch (error) {
      fill(body, el("p", { class: "problem" }, error.message));
    }
  };
  return { element, update };
}

/** What draws the card of a number: histogram, two handles, two fields, and what to do with samples without a value. */
function numbers(column, body) {
  const plot = el("div");
  const beyond = el("p", { class: "muted", hidden: true });
  const [low, high] = ["least", "most"].map((end) => el("input", { type: "number", step: "any", "aria-label": `${column}: ${end}` }));
  const none = absence(column, () => read());
  const read = () => {
    const found = [];
    if (low.value !== "") found.push({ column, op: ">=", value: Number(low.value) });
    if (high.value !== "") found.push({ column, op: "<=", value: Number(high.value) });
    filterBy(column, [...found, ...none.filters()], { replace: own(column).length > 0 });
  };
  const later = debounced(read, WAIT);
  for (const field of [low, high]) field.addEventListener("input", later);
  fill(body, plot, beyond, el("div", { class: "between" }, low, el("span", { class: "muted" }, "to"), high), none.element);
  let drawn = null;
  return (told) => {
    const bins = told.bins ?? [];
    beyond.hidden = !told.beyond?.all;
    fill(beyond, told.beyond?.all ? `${count(told.beyond.shown)} of ${count(told.beyond.all)} infinite, not drawn` : "");
    for (const [field, ops] of [[low, [">=", ">"]], [high, ["<=", "<"]]]) {
      if (document.activeElement !== field && !plot.contains(document.activeElement)) {
        field.value = own(column).find((one) => ops.includes(one.op))?.value ?? "";
      }
    }
    none.update(told);
    const limits = { low: low.value === "" ? -Infinity : Number(low.value), high: high.value === "" ? Infinity : Number(high.value) };
    const picture = histogram(bins, { name: column, front: "shown", ...limits });
    if (drawn === JSON.stringify(ends(bins))) return void plot.firstChild.replaceWith(picture), follow();
    drawn = JSON.stringify(ends(bins));
    fill(plot, picture, bins.length ? handles(bins) : null);
  };

  function handles(bins) {
    const [first, last] = ends(bins);
    const whole = isWhole(column);
    const move = (field, end) => (value) => {
      field.value = value === end ? "" : plain(value);
      later();
    };
    const from = handle(`${column}: least, handle`, [first, last], whole, low.value === "" ? first : low.value, move(low, first));
    const to = handle(`${column}: most, handle`, [first, last], whole, high.value === "" ? last : high.value, move(high, last));
    return el("div", { class: "handles" }, from, to);
  }

  /** The handles go where the fields are. */
  function follow() {
    const [from, to] = plot.querySelectorAll("input");
    if (!from || plot.contains(document.activeElement)) return;
    from.value = low.value === "" ? from.min : low.value;
    to.value = high.value === "" ? to.max : high.value;
  }
}

/** What draws the card of labels: a check list of the most frequent, a field that finds others. */
function labels(column, body) {
  const search = el("input", { type: "search", placeholder: "Find a value", "aria-label": `${column}: find a value` });
  const list = el("ul", { class: "checks" });
  const more = el("div");
  const none = absence(column, () => filterBy(column, [...own(column).filter((one) => !/null/.test(one.op)), ...none.filters()]));
  let values = [];
  let told = {};
  search.addEventListener("input", drawList);
  fill(body, search, list, more, none.element);
  return (answer) => {
    told = answer;
    const seen = new Set((answer.values ?? []).map((one) => one.value));
    const others = (run.columns.get(column).values ?? []).filter((one) => !seen.has(one)).map((value) => ({ value }));
    const ticked = checked().filter((one) => !seen.has(one)).map((value) => ({ value }));
    values = [...(answer.values ?? []), ...new Map([...others, ...ticked].map((one) => [one.value, one])).values()];
    search.hidden = column !== "id" && values.length < 8 && !told.others?.values;
    none.update(answer);
    drawList();
  };

  function checked() {
    return own(column).find((one) => one.op === "in")?.value ?? [];
  }

  function drawList() {
    const asked = search.value.trim().toLowerCase();
    const fitting = values.filter((one) => shown(one.value).toLowerCase().includes(asked)).slice(0, 60);
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.value : null;
    fill(list, fitting.map(choice));
    if (focused !== null) [...list.querySelectorAll("input")].find((one) => one.dataset.value === focused)?.focus();
    fill(more, containing(search.value.trim()), rest());
  }

  function choice(one) {
    const box = el("input", { type: "checkbox", "data-value": JSON.stringify(one.value) });
    box.checked = checked().includes(one.value);
    box.addEventListener("change", () => {
      const rest = checked().filter((value) => value !== one.value);
      const now = box.checked ? [...rest, one.value] : rest;
      filterBy(column, [...own(column).filter((other) => other.op !== "in"), ...(now.length ? [{ column, op: "in", value: now }] : [])]);
    });
    const number = one.all === undefined ? null : el("span", { class: "muted number" }, `${count(one.shown)} of ${count(one.all)}`);
    return el("li", {}, el("label", {}, box, el("span", { dir: "auto" }, brief(shown(one.value)).trim() || "(empty)"), " ", number));
  }

  function containing(asked) {
    const now = own(column).find((one) => one.op === "contains");
    const set = (text) => filterBy(column, [...own(column).filter((one) => one.op !== "contains"), ...(text ? [{ column, op: "contains", value: text }] : [])]);
    const off = now && el("button", { type: "button", onclick: () => set("") }, `Containing “${now.value}” ×`);
    const isText = run.columns.get(column).dtype === "string";
    const on = asked && isText && now?.value !== asked && el("button", { type: "button", onclick: () => set(asked) }, `All containing “${asked}”`);
    return [off, on];
  }

  function rest() {
    const others = told.others;
    if (!others?.values) return null;
    return el("p", { class: "muted" }, `${count(others.shown)} of ${count(others.all)} have ${count(others.values)} other values`);
  }
}

/** Samples without a value: with the rest, left out, or alone. */
function absence(column, act) {
  const kinds = [["", "with or without a value"], ["notnull", "only with a value"], ["null", "only without"]];
  const choice = el("select", { "aria-label": `${column}: samples without a value` }, kinds.map(([op, name]) => el("option", { value: op }, name)));
  const note = el("span", { class: "muted" });
  choice.addEventListener("change", act);
  const element = el("div", { class: "absence" }, choice, note);
  return {
    element,
    filters: () => (choice.value ? [{ column, op: choice.value }] : []),
    update: ({ nulls: { shown: nulls, all: told } = { shown: 0, all: 0 } }) => {
      choice.value = own(column).find((one) => /null/.test(one.op))?.op ?? "";
      element.hidden = !told && !choice.value;
      fill(note, told ? `${count(nulls)} of ${count(told)} without` : "");
    },
  };
}
