// The pane of one sample: its pictures, its conversation, every value with what it means, why it was selected, and its
// nearest neighbours.

import * as api from "./api.js";
import { byId, debounced, el, fill } from "./dom.js";
import { brief, called, count, role, shown } from "./format.js";
import { SAID, labelOf, learn, mark, onMark } from "./marks.js";
import { page, step } from "./rows.js";
import { isPictured, run } from "./run.js";
import { change, filterBy, onChange, state } from "./state.js";

const FIRST = 4000; // characters of a turn that are shown before one asks for the rest
const WAIT = 60; // milliseconds in which another key may follow
const MANY = 2; // pictures; more stand beside each other, small
const narrow = matchMedia("(max-width: 760px)"); // where the sample lies over the list
const ask = api.latest(api.sample);
const askNeighbours = api.latest(api.neighbours);

/** Shows the sample that the state names, now and whenever it changes. */
export function startSample() {
  const later = debounced(show, WAIT);
  onChange((changed) => changed.has("row") && (place(), later()));
  onMark((row) => (row === null || row === state.row) && drawLabel());
  narrow.addEventListener("change", place);
  place();
  show();
}

/** Shuts the pane; on a phone the list comes back. */
export function close() {
  const before = state.row;
  change({ row: null });
  goToList(before);
}

/** Puts the focus on the sample, to scroll it by keys, and from there back on the list. */
export function goToSample() {
  const pane = byId("sample");
  if (pane.contains(document.activeElement)) goToList(state.row);
  else pane.focus();
}

function goToList(row) {
  (byId("body").querySelector(`tr[data-row="${row}"] button.open`) ?? byId("scroll")).focus();
}

function place() {
  const open = state.row !== null;
  const pane = byId("sample");
  document.body.toggleAttribute("data-sample", open);
  const covers = open && narrow.matches;
  const begins = covers && !byId("list").inert;
  for (const one of document.querySelectorAll("body > header, body > aside, body > main")) one.inert = covers;
  if (begins) pane.focus();
}

async function show() {
  const pane = byId("sample");
  if (state.row === null) return fill(pane, hint());
  const row = state.row;
  try {
    const one = await ask(row);
    learn([one]);
    fill(pane, bar(one), failure(one), pictures(one), conversation(one), explanations(one), near(row), values(one));
    pane.scrollTop = 0;
    drawLabel();
  } catch (error) {
    fill(pane, el("h2", {}, `Sample ${row} cannot be shown`), el("p", {}, error.message), closing());
  }
}

function hint() {
  return el("p", { class: "hint" }, "Choose a sample of the list, or press ", el("kbd", {}, "j"), ". ", el("kbd", {}, "?"), " tells all keys.");
}

function bar(one) {
  const turn = (name, by, sign) => el("button", { type: "button", "aria-label": name, title: name, onclick: () => step(by) }, sign);
  const head = el("h2", { tabindex: "-1" }, called(one));
  const about = `#${one.row}${one.source ? ` · ${brief(one.source)}` : ""}`;
  return el(
    "header",
    {},
    el("div", { class: "bar" }, closing(), turn("Sample before", -1, "↑"), turn("Next sample", 1, "↓"), el("span", { id: "marks", role: "group", "aria-label": "Label" })),
    head,
    el("p", { class: "muted" }, about),
  );
}

function closing() {
  return el("button", { type: "button", class: "back", onclick: close }, "Close");
}

function drawLabel() {
  const place = byId("marks");
  if (!place || state.row === null) return;
  const now = labelOf(state.row);
  const button = (label, key) => {
    const attributes = { type: "button", class: `mark ${label}`, "aria-pressed": String(now === label), "aria-keyshortcuts": key };
    return el("button", { ...attributes, onclick: () => mark(state.row, label) }, SAID[label], " ", el("kbd", { "aria-hidden": "true" }, key));
  };
  const had = place.contains(document.activeElement) ? [...place.children].indexOf(document.activeElement) : -1;
  fill(place, button("keep", "y"), button("drop", "n"));
  place.children[had]?.focus();
}

function failure(one) {
  const status = one.status !== "ok" && el("p", { class: "problem" }, el("strong", {}, one.status), one.reason ? `: ${one.reason}` : "");
  return [status, one.problem && el("p", { class: "problem" }, one.problem)];
}

function pictures(one) {
  const told = one.images ?? [];
  if (!told.length) return null;
  const left = one.images_left_out ? el("p", { class: "muted" }, `${count(one.images_left_out)} more images are not shown.`) : null;
  const many = told.length > MANY;
  return el("div", { class: many ? "pictures many" : "pictures" }, told.map((image) => figure(one.row, image, many)), left);
}

function figure(row, image, small) {
  const address = api.image(row, image.index);
  const name = el("figcaption", {}, brief(image.path));
  if (image.problem) return el("figure", {}, el("p", { class: "problem" }, image.problem), name);
  const img = el("img", { src: small ? api.thumb(row, image.index) : address, alt: `Image ${image.index + 1} of the sample`, loading: small ? "lazy" : null });
  const link = el("a", { href: address, target: "_blank", rel: "noreferrer", title: "Open by itself" }, img);
  img.addEventListener("error", async () => link.replaceWith(el("p", { class: "problem" }, await api.problemOf(address))));
  return el("figure", {}, link, name);
}

function conversation(one) {
  const turns = one.turns ?? [];
  const told = turns.length ? el("ol", { class: "turns" }, turns.map(said)) : el("p", { class: "muted" }, "No text can be read.");
  const left = one.turns_left_out ? el("p", { class: "muted" }, `${count(one.turns_left_out)} more turns are not shown.`) : null;
  return part("Conversation", told, left);
}

function said(turn) {
  const whole = turn.text ?? "";
  const text = el("p", { dir: "auto" }, whole.length > FIRST ? whole.slice(0, FIRST) : whole);
  const all = el("button", { type: "button", onclick: () => (fill(text, whole), all.remove()) }, `Show all ${count(whole.length)} characters`);
  const cut = turn.cut ? el("p", { class: "muted" }, `Cut after ${count(whole.length)} of ${count(turn.cut)} characters.`) : null;
  return el("li", { class: `turn ${role(turn.role).toLowerCase()}` }, el("h4", {}, role(turn.role)), text, whole.length > FIRST ? all : null, cut);
}

function near(row) {
  if (!run.features) return null;
  const list = el("ul", { class: "near" }, el("li", { class: "muted" }, "Looking …"));
  const how = el("p", { class: "muted" });
  drawNear(row, list, how);
  return part("Nearest samples", list, how);
}

async function drawNear(row, list, how) {
  try {
    const told = await askNeighbours(row);
    fill(list, told.rows.map(neighbour));
    fill(how, `Found ${told.how}.`);
  } catch (error) {
    fill(list, el("li", { class: "muted" }, error.message));
  }
}

function neighbour(one) {
  const instead = el("span", { class: "none", dir: "auto" }, (one.text || "no picture").slice(0, 60));
  const img = !page.problem && isPictured(one) ? el("img", { src: api.thumb(one.row), alt: "", loading: "lazy", width: 96, height: 72 }) : instead;
  img.addEventListener("error", () => img.replaceWith(instead));
  const name = `${called(one)}, cosine ${shown(one.cosine)}`;
  const label = one.label ? el("span", { class: `tag ${one.label}` }, one.label) : null;
  const jump = { type: "button", title: one.text, "aria-label": `${name}${one.label ? `, marked ${one.label}` : ""}`, onclick: () => change({ row: one.row }) };
  return el("li", {}, el("button", jump, img, el("span", {}, shown(one.cosine)), label));
}

function values(one) {
  const groups = Map.groupBy ? Map.groupBy(one.values ?? [], scorer) : grouped(one.values ?? []);
  if (!groups.size) return null;
  const note = el("p", { class: "muted" }, "A bar is the share of samples with a lower value. A name adds a filter.");
  return part("Values", note, [...groups].map(([name, held]) => table(name, held)));
}

function scorer(value) {
  return value.column.includes(".") ? value.column.slice(0, value.column.indexOf(".")) : "sample";
}

function grouped(list) {
  const found = new Map();
  for (const one of list) found.set(scorer(one), [...(found.get(scorer(one)) ?? []), one]);
  return found;
}

function table(name, held) {
  return el("table", { class: "values" }, el("caption", {}, name), el("tbody", {}, held.map(valueLine)));
}

function valueLine(one) {
  const name = one.column.slice(one.column.indexOf(".") + 1);
  const none = one.value === null || one.value === undefined;
  const known = run.columns.has(one.column);
  const add = known ? el("button", { type: "button", class: "name", title: "Filter by this column", onclick: () => filterLike(one) }, name) : name;
  const said = none ? [el("span", { class: "muted" }, "none"), el("small", {}, one.why ?? "")] : [shown(one.value), one.unit ? ` ${one.unit}` : "", rank(one)];
  return el("tr", {}, el("th", { scope: "row" }, add, el("small", {}, one.description)), el("td", { class: typeof one.value === "number" ? "number" : "" }, said));
}

/** The share of samples with a lower value, as a bar and in words. */
function rank({ below, value }) {
  if (typeof below !== "number" || typeof value !== "number") return null;
  const told = `more than ${Math.round(100 * below)} % of the samples`;
  const bar = el("span");
  bar.style.width = `${100 * below}%`;
  return el("span", { class: "below", role: "img", "aria-label": told, title: told }, bar);
}

/** A filter on the column of a value begins at that value. */
function filterLike({ column, value }) {
  if (value === null || value === undefined) return filterBy(column, [{ column, op: "null" }]);
  const op = typeof value === "number" ? (run.columns.get(column).direction === "lower" ? "<=" : ">=") : "in";
  filterBy(column, [{ column, op, value: op === "in" ? [value] : value }]);
}

function explanations(one) {
  const told = (one.explanations ?? []).filter(({ live }) => !live || state.select !== null);
  if (!told.length) return null;
  return part("Why it was selected or not", told.map((each) => [el("h4", {}, each.selection), el("p", { class: "why" }, each.text)]));
}

function part(title, ...children) {
  return el("section", {}, el("h3", {}, title), children);
}
