// What would be selected: the recipe's selection with thresholds to move, and at once what it keeps.

import * as api from "./api.js";
import { byId, debounced, el, fill } from "./dom.js";
import { brief, count, plain, share } from "./format.js";
import { ends, handle, histogram } from "./histogram.js";
import { complain, tell } from "./notice.js";
import { load, page } from "./rows.js";
import { KEPT, isNumber, isWhole, run } from "./run.js";
import { change, filterBy, onChange, state } from "./state.js";

const WAIT = 250; // milliseconds after a threshold moved
const SEEN = 150; // milliseconds of counting after which it is told
const THRESHOLD = /^\s*([A-Za-z_]\w*(?:\.\w+)?)\s*(>=|<=|>|<)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*$/;
const RANK = /^\s*rank\(\s*[\w.]+\s*\)\s*(?:>=|<=|>|<)\s*((?:\d+\.?\d*|\.\d+))\s*$/; // a share of each stratum, from 0 to 1
const FIELDS = { budget: "Budget", method: "Method", by: "Rank by", stratify: "Strata", quota: "Quota", one_per: "One per" };
const HINTS = { budget: "20% or a number", method: "top", by: "columns, min(a, b), rrf(a, b)", stratify: "source", quota: "proportional", one_per: "duplicates.group" };
const ask = api.latest(api.select);
const askGate = new Map(); // gate's place to what asks for its histogram
let redraw = () => {};
let counting = 0; // the timer that tells that it is counted
let overtaken = false; // whether another page has tried a selection since, which `live` then holds
const tabs = new BroadcastChannel("vlitq selection");

/** Draws the panel, and tries the selection of the address, if there is one; what is filtered by it waits for that. */
export async function startSelect() {
  const panel = byId("select-panel");
  panel.addEventListener("toggle", () => {
    if (panel.open && !state.select) change({ select: asked() });
    if (!panel.open && state.select) change({ select: null, filters: state.filters.filter((one) => one.column !== KEPT) });
  });
  byId("reset-select").addEventListener("click", () => change({ select: recipe() }));
  byId("add-gate").addEventListener("submit", addGate);
  byId("gate-column").addEventListener("change", addGate);
  for (const [id, value] of [["see-all", null], ["see-kept", true], ["see-dropped", false]]) {
    byId(id).addEventListener("change", () => filterBy(KEPT, value === null ? [] : [{ column: KEPT, op: "=", value }]));
  }
  onChange((changed) => {
    if (changed.has("select")) {
      panel.open = state.select !== null;
      drawForm();
      redraw();
    }
    if (changed.has("filters")) drawSeen();
  });
  tabs.addEventListener("message", () => (overtaken = true));
  addEventListener("focus", () => overtaken && state.select && redraw());
  redraw = debounced(async () => (await tryOut(), load()), WAIT);
  drawForm();
  drawSeen();
  if (state.select) {
    panel.open = true;
    const tried = tryOut();
    if ([...state.filters, ...state.sort].some((one) => one.column === KEPT)) return tried;
    tried.then(load);
  }
  return null;
}

/** The selection of the run's recipe; random rows where it has none. */
function recipe() {
  const told = run.recipe.select ?? {};
  return Object.keys(told).length ? { budget: "50%", ...told } : { budget: "50%", method: "random" };
}

function asked() {
  return state.select ?? recipe();
}

function set(part, how) {
  const whole = { ...asked(), ...part };
  for (const [name, value] of Object.entries(whole)) if (value === "" || (Array.isArray(value) && !value.length)) delete whole[name];
  change({ select: whole }, how);
}

async function tryOut() {
  if (!state.select) return void fill(byId("result")), fill(byId("verdict")), said("");
  clearTimeout(counting);
  counting = setTimeout(() => said("Counting …", true), SEEN);
  try {
    const told = await ask(state.select);
    page.counted = true;
    overtaken = false;
    tabs.postMessage("counted");
    fill(byId("verdict"), verdict(told));
    fill(byId("result"), outcome(told));
    said("");
    drawGates();
  } catch (error) {
    said(error.message);
  }
}

/** What is told of the count: that it runs, or why there is none. The one before then stays, paler. */
function said(text, busy = false) {
  clearTimeout(counting);
  const before = !busy && page.counted ? " What stands below was counted before." : "";
  fill(byId("counting"), text && el("p", { class: busy ? "muted" : "problem" }, text, before));
  byId("verdict").toggleAttribute("data-before", Boolean(text));
  byId("result").setAttribute("aria-busy", String(busy));
}

function verdict(told) {
  const ms = el("small", {}, `${Math.max(1, Math.round(told.ms))} ms`);
  return el("p", { class: "kept-count", id: "kept" }, el("strong", {}, count(told.kept)), ` of ${count(run.rows)} kept, ${share(told.kept, run.rows)} `, ms);
}

function outcome(told) {
  const stages = Object.entries(told.stages ?? {}).map(([name, number]) => el("li", {}, el("span", {}, name), el("span", { class: "number" }, count(number))));
  const strata = told.strata ?? [];
  return [
    stages.length ? el("details", {}, el("summary", {}, "Decided at which stage"), el("ul", { class: "stages" }, stages)) : null,
    strata.length ? el("details", { open: strata.length <= 8 }, el("summary", {}, `Strata (${count(strata.length)})`), strataTable(strata)) : null,
    told.notes?.length ? el("details", {}, el("summary", {}, `Notes (${told.notes.length})`), el("ul", { class: "notes" }, told.notes.map((note) => el("li", {}, note)))) : null,
    told.command ? commandLine(told.command) : null,
  ];
}

function strataTable(strata) {
  const head = ["Stratum", "kept", "of", ""].map((name, at) => el("th", { scope: "col", class: at ? "number" : "" }, name || el("span", { class: "unseen" }, "share kept")));
  const lines = strata.map((one) => {
    const meter = el("meter", { min: 0, max: one.all || 1, value: one.kept, "aria-label": `${brief(one.name)}: ${share(one.kept, one.all)} kept` });
    return el("tr", {}, el("th", { scope: "row", dir: "auto" }, brief(one.name) || "(empty)"), el("td", { class: "number" }, count(one.kept)), el("td", { class: "number" }, count(one.all)), el("td", {}, meter));
  });
  return el("table", { class: "strata" }, el("thead", {}, el("tr", {}, head)), el("tbody", {}, lines));
}

function commandLine(command) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(command);
      tell("Command copied");
    } catch {
      getSelection().selectAllChildren(code);
      complain(new Error("The browser did not let the page copy; the command is marked, copy it with the keyboard"));
    }
  };
  const code = el("code", { tabindex: "0", "data-scrolls": "" }, command);
  return el("div", { class: "command" }, el("p", { class: "muted" }, "To write this subset:"), code, el("button", { type: "button", onclick: copy }, "Copy the command"));
}

function drawForm() {
  const form = byId("select-form");
  const focused = form.contains(document.activeElement) ? document.activeElement.name : null;
  const now = asked();
  if (focused === null) fill(form, Object.keys(FIELDS).map((name) => field(name, now[name] ?? "")));
  drawGates();
}

function field(name, value) {
  const input = el("input", { name, value: String(value), placeholder: HINTS[name], autocomplete: "off", spellcheck: "false", list: lists(name) });
  input.addEventListener("input", debounced(() => set({ [name]: number(name, input.value.trim()) }, { replace: true }), WAIT));
  return el("label", {}, FIELDS[name], input);
}

function lists(name) {
  return { method: "methods", stratify: "selectable", one_per: "selectable" }[name];
}

function number(name, text) {
  return ["budget", "quota"].includes(name) && /^[\d.]+$/.test(text) ? Number(text) : text;
}

function drawGates() {
  const gates = asked().gates ?? [];
  const place = byId("gates");
  while (place.children.length > gates.length) place.lastChild.remove();
  gates.forEach((text, at) => {
    const made = place.children[at];
    if (made && made.contains(document.activeElement)) return plot(at, text, made);
    const fresh = gateCard(at, text);
    if (made) made.replaceWith(fresh);
    else place.append(fresh);
    plot(at, text, fresh);
  });
}

function gateCard(at, text) {
  const input = el("input", { value: text, "aria-label": `Gate ${at + 1}`, spellcheck: "false", autocomplete: "off" });
  input.addEventListener("input", debounced(() => setGate(at, input.value), WAIT));
  const off = el("button", { type: "button", class: "close", "aria-label": `Remove the gate ${text}`, onclick: () => setGate(at, null) }, "×");
  return el("li", { class: "gate" }, el("div", { class: "row" }, input, off), el("div", { class: "threshold" }));
}

function setGate(at, text) {
  const gates = [...(asked().gates ?? [])];
  if (text === null || !text.trim()) gates.splice(at, 1);
  else gates[at] = text;
  set({ gates }, { replace: true });
}

/** The histogram of a gate's column, all beside kept, with the threshold as a handle. */
async function plot(at, text, made) {
  const found = THRESHOLD.exec(text);
  const place = made.querySelector(".threshold");
  const shared = RANK.exec(text);
  if (shared) return plotShare(at, Number(shared[1]), made, place);
  if (!found || !isNumber(found[1])) return fill(place);
  const [, column, op, value] = found;
  if (!askGate.has(at)) askGate.set(at, api.latest(api.histogram));
  const filters = state.select ? [{ column: KEPT, op: "=", value: true }] : [];
  try {
    const { bins = [] } = await askGate.get(at)({ column, filters, search: "" });
    const limits = op.startsWith(">") ? { low: Number(value) } : { high: Number(value) };
    const picture = histogram(bins, { name: column, front: "kept", ...limits });
    const old = place.querySelector("input");
    if (old && document.activeElement === old) return void place.firstChild.replaceWith(picture);
    const act = debounced((moved) => moveTo(at, moved, made), 40);
    fill(place, picture, bins.length ? handle(`Threshold of ${column}`, ends(bins), isWhole(column), value, act) : null);
  } catch (error) {
    fill(place, el("p", { class: "problem" }, error.message));
  }
}

/** The handle of a gate on a rank. */
function plotShare(at, value, made, place) {
  if (place.contains(document.activeElement)) return;
  const act = debounced((moved) => moveTo(at, moved, made), 40);
  fill(place, handle(`Threshold of gate ${at + 1}, a share`, [0, 1], false, value, act));
}

/** The number at the end of a gate becomes another. */
function moveTo(at, moved, made) {
  const input = made.querySelector(".row input");
  if (!THRESHOLD.test(input.value) && !RANK.test(input.value)) return;
  input.value = input.value.replace(/[-+]?[\d.]+(?:[eE][-+]?\d+)?\s*$/, plain(moved));
  setGate(at, input.value);
}

function addGate(event) {
  event.preventDefault();
  const field = byId("gate-column");
  const column = field.value.trim();
  if (!column || (event.type === "change" && !run.columns.has(column))) return;
  if (!run.columns.has(column)) return complain(new Error(`There is no column ${column}: choose one of the list`));
  field.value = "";
  beginGate(column);
}

/** A gate that leaves nothing out yet: its threshold stands at the worst value there is. */
async function beginGate(column) {
  const gates = asked().gates ?? [];
  if (!isNumber(column)) return set({ gates: [...gates, `${column} == ${run.columns.get(column).dtype === "bool" ? "true" : "'…'"}`] });
  try {
    const { bins = [] } = await api.histogram({ column, filters: [], search: "" });
    const [first, last] = ends(bins);
    const lower = run.columns.get(column).direction === "lower";
    const loose = lower ? last : first;
    set({ gates: [...gates, `${column} ${lower ? "<=" : ">="} ${loosened(loose, lower)}`] });
  } catch (error) {
    complain(error);
  }
}

/** Rounded to five digits, away from the values: nothing is left out by rounding. */
function loosened(value, up) {
  if (!value) return "0";
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 4);
  return plain((up ? Math.ceil(value / unit) : Math.floor(value / unit)) * unit);
}

function drawSeen() {
  const now = state.filters.find((one) => one.column === KEPT)?.value;
  byId(now === true ? "see-kept" : now === false ? "see-dropped" : "see-all").checked = true;
}
