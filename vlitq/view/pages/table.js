// The list of samples: a table whose heads sort, a page at a time.

import * as api from "./api.js";
import { byId, el, fill, keepingFocus } from "./dom.js";
import { brief, called, count, counted, shown } from "./format.js";
import { labelOf, markAll, onMark } from "./marks.js";
import { PAGE, chosen, load, onRows, page, pages, turn } from "./rows.js";
import { KEPT, isNumber, isPictured, run, title } from "./run.js";
import { change, onChange, state } from "./state.js";

let fromTop = true; // whether the next page is another than the one that is shown

/** Draws the list now and whenever it changes. */
export function startTable() {
  onRows(draw);
  onMark((row) => (row === null ? load() : drawLabel(row)));
  onChange((changed) => {
    if (["search", "filters", "sort", "page"].some((name) => changed.has(name))) fromTop = true;
    if (fromTop || changed.has("columns")) load();
    if (changed.has("row")) showCurrent(true);
    if (["sort", "columns"].some((name) => changed.has(name))) drawSort();
  });
  byId("sort").addEventListener("change", () => sortBy(byId("sort").value));
  byId("direction").addEventListener("click", () => state.sort.length && sortBy(state.sort[0].column));
  for (const label of ["keep", "drop"]) byId(`${label}-all`).addEventListener("click", () => markAll(label, page.total));
  byId("clear-all").addEventListener("click", () => markAll(null, page.total));
  drawSort();
  drawChooser();
}

/** Sorts by a column; a second time the other way around. */
export function sortBy(column) {
  const [now] = state.sort;
  const first = run.columns.get(column)?.direction === "higher" || column === "label";
  const descending = now?.column === column ? !now.descending : first;
  change({ sort: column ? [{ column, descending }] : [] });
}

function draw() {
  byId("rows").setAttribute("aria-busy", String(page.busy));
  if (page.busy) return;
  drawCount();
  const focused = byId("body").contains(document.activeElement);
  const empty = byId("empty");
  fill(empty, emptiness());
  byId("rows").hidden = !page.rows.length;
  empty.hidden = page.rows.length > 0;
  keepingFocus(byId("head"), () => fill(byId("head"), head()));
  fill(byId("body"), page.rows.map(line));
  keepingFocus(byId("pager"), drawPager);
  if (fromTop) byId("scroll").scrollTop = 0;
  showCurrent(fromTop);
  fromTop = false;
  if (focused) (byId("body").querySelector("[aria-current]") ?? byId("body").querySelector("button.open"))?.focus({ preventScroll: true });
}

function drawCount() {
  const filtered = state.filters.length || state.search;
  const told = filtered ? `${count(page.total)} of ${counted(run.rows)}` : counted(run.rows);
  fill(byId("count"), page.error ? "" : told);
  fill(byId("took"), page.error ? "" : `${count(Math.max(1, Math.round(page.ms)))} ms`);
  byId("problem").hidden = !page.problem;
  fill(byId("problem"), page.problem && `${page.problem}. Scores and labels are shown all the same.`);
  for (const id of ["keep-all", "drop-all", "clear-all"]) byId(id).disabled = !page.total;
}

function emptiness() {
  if (page.error?.early) return [el("h2", {}, "Not yet"), el("p", {}, `The samples are shown as soon as they can be found: ${page.error.message}.`), clearing()];
  if (page.error) return [el("h2", {}, "The samples cannot be shown"), el("p", {}, page.error.message), clearing()];
  if (!run.rows) return el("p", {}, "This run has no samples.");
  return [el("h2", {}, "No sample fits"), el("p", {}, "Loosen a filter or search for something else."), clearing()];
}

function clearing() {
  if (page.error?.gone) return el("button", { type: "button", onclick: load }, "Try again");
  if (page.error && !page.error.early) return el("button", { type: "button", onclick: () => change({ filters: [], search: "", sort: [], columns: null }) }, "Start anew");
  if (!state.filters.length && !state.search) return null;
  return el("button", { type: "button", onclick: () => change({ filters: [], search: "" }) }, "Clear filters and search");
}

function head() {
  const wide = chosen().map((name) => headOf(name, name, isNumber(name) ? "number" : ""));
  return el("tr", {}, el("th", { scope: "col" }, "Picture"), headOf("row", "Sample", "sample"), wide, headOf("label", "Label", ""));
}

function headOf(column, name, kind) {
  const sorted = state.sort[0]?.column === column ? state.sort[0] : null;
  const way = sorted ? (sorted.descending ? "descending" : "ascending") : null;
  const sign = sorted ? (sorted.descending ? " ↓" : " ↑") : "";
  const shortened = name.includes(".") ? [el("small", {}, name.slice(0, name.indexOf(".") + 1)), name.slice(name.indexOf(".") + 1)] : name;
  const about = run.columns.get(column)?.description;
  const button = el("button", { type: "button", title: about, onclick: () => sortBy(column) }, shortened, el("span", { "aria-hidden": "true" }, sign));
  return el("th", { scope: "col", class: kind, "aria-sort": way }, button);
}

function line(one) {
  const open = el("button", { type: "button", class: "open" }, called(one));
  const text = el("p", { dir: "auto" }, one.text || "No text");
  const source = el("small", {}, `#${one.row}${one.source ? ` · ${brief(one.source)}` : ""}${one.status === "ok" ? "" : ` · ${one.status}`}`);
  return el(
    "tr",
    { "data-row": one.row, onclick: () => change({ row: one.row }), class: kept(one) },
    el("td", { class: "picture" }, picture(one)),
    el("td", { class: "sample" }, el("div", { class: "who" }, open, source), text),
    chosen().map((name) => cell(one, name)),
    el("td", { class: "label" }, tags(one)),
  );
}

function picture(one) {
  if (!one.images) return el("span", { class: "none" }, "text only");
  if (page.problem || !isPictured(one)) return el("span", { class: "none" }, "no picture");
  const img = el("img", { src: api.thumb(one.row), alt: "", loading: "lazy", decoding: "async", width: 72, height: 54 });
  img.addEventListener("error", () => img.replaceWith(el("span", { class: "none" }, "no picture")));
  const more = one.images > 1 ? el("span", { class: "more" }, `${one.images} images`) : null;
  return [img, more];
}

function cell(one, name) {
  const value = one.values?.[name] ?? one[name] ?? null;
  return el("td", { class: isNumber(name) ? "number" : "", "data-name": name }, shown(value));
}

function kept(one) {
  const live = state.select && page.counted ? one.values?.[KEPT] : null;
  return live === true ? "kept" : live === false ? "dropped" : "";
}

function tags(one) {
  const label = labelOf(one.row);
  const live = { kept: "selected", dropped: "left out" }[kept(one)];
  return [label && el("span", { class: `tag ${label}` }, label), live && el("span", { class: `tag quiet ${kept(one)}` }, live)];
}

function drawLabel(row) {
  const one = page.rows.find((found) => found.row === row);
  const place = byId("body").querySelector(`tr[data-row="${row}"] td.label`);
  if (one && place) fill(place, tags(one));
}

/** The line of the sample in the pane is marked; with `follow` it is brought into view. */
function showCurrent(follow) {
  for (const row of byId("body").children) {
    const current = Number(row.dataset.row) === state.row;
    row.toggleAttribute("data-current", current);
    const open = row.querySelector("button.open");
    if (current) open.setAttribute("aria-current", "true");
    else open.removeAttribute("aria-current");
    if (current && follow) row.scrollIntoView({ block: "nearest" });
    if (current && follow && byId("body").contains(document.activeElement)) open.focus({ preventScroll: true });
  }
}

function drawPager() {
  const first = state.page * PAGE + 1;
  byId("pager").hidden = !page.total;
  const told = page.total ? `${count(first)} to ${count(first + page.rows.length - 1)} of ${count(page.total)}` : "";
  const button = (name, by, off) => el("button", { type: "button", onclick: () => turn(by), disabled: off }, name);
  const last = pages() - 1;
  fill(
    byId("pager"),
    button("First", -state.page, state.page === 0),
    button("Previous", -1, state.page === 0),
    el("span", {}, told),
    button("Next", 1, state.page >= last),
    button("Last", last - state.page, state.page >= last),
  );
}

function drawSort() {
  const [now] = state.sort;
  const options = [...run.columns.values()].map((one) => el("option", { value: one.name }, title(one.name)));
  fill(byId("sort"), el("option", { value: "" }, "row order"), options);
  byId("sort").value = now?.column ?? "";
  byId("direction").disabled = !now;
  const way = now?.descending ? "Highest first" : "Lowest first";
  fill(byId("direction"), now?.descending ? "↓" : "↑");
  byId("direction").setAttribute("aria-label", `${way}: turn the order around`);
  byId("direction").title = way;
}

/** The check list of columns that the table can show. */
function drawChooser() {
  const search = el("input", { type: "search", placeholder: "Find a column", "aria-label": "Find a column to show" });
  const list = el("ul", { class: "checks" });
  const draw = () => {
    const fitting = [...run.columns.values()].filter((one) => one.name.includes(search.value.trim()));
    fill(list, fitting.map((one) => el("li", {}, check(one.name))));
  };
  search.addEventListener("input", draw);
  onChange((changed) => changed.has("columns") && draw());
  draw();
  fill(byId("chooser"), search, list);
}

function check(name) {
  const box = el("input", { type: "checkbox" });
  box.checked = chosen().includes(name);
  box.addEventListener("change", () => {
    const rest = chosen().filter((one) => one !== name);
    change({ columns: box.checked ? [...rest, name] : rest }, { replace: true });
  });
  return el("label", {}, box, ` ${title(name)}`);
}
