// Marking samples keep or drop: shown at once, taken back where the server refuses. The server remembers every marking,
// whichever page it came from, and undoes the last.

import * as api from "./api.js";
import { byId, el, fill } from "./dom.js";
import { count, counted } from "./format.js";
import { complain, tell } from "./notice.js";
import { refresh, run } from "./run.js";
import { change, state } from "./state.js";

export const SAID = { keep: "Keep", drop: "Drop" };
const known = new Map(); // row to label or null, as the page shows them
const sure = new Map(); // row to label or null, as the server told them last
const waiting = new Map(); // row to how many answers are still to come
const listeners = [];
const tabs = new BroadcastChannel("vlitq"); // the other pages of this server
let turn = Promise.resolve(); // marks reach the server in the order of the keys

tabs.addEventListener("message", () => follow(true));

/** Calls `hear` with a row whose label changed, or with null when many did. */
export function onMark(hear) {
  listeners.push(hear);
}

/** Remembers the labels that the server told of rows; a mark still on its way counts more. */
export function learn(rows) {
  for (const { row, label } of rows) {
    sure.set(row, label ?? null);
    if (!waiting.get(row)) known.set(row, label ?? null);
  }
}

/** The label of a row: "keep", "drop" or null. */
export function labelOf(row) {
  return known.get(row) ?? null;
}

/** Marks a row; the label that it has already is taken off. */
export function mark(row, label) {
  const after = labelOf(row) === label ? null : label;
  show(row, after);
  waiting.set(row, (waiting.get(row) ?? 0) + 1);
  return inTurn(() => put(row, after));
}

/** Takes the last marking back, of one sample or of many. */
export function undo() {
  return inTurn(async () => {
    try {
      const told = await api.undo();
      if (told.row !== null) {
        learn([told]);
        show(told.row, labelOf(told.row));
      } else if (told.undone) showAnew();
      counts(told);
      tabs.postMessage("marked");
      tell(undone(told), told.row === null || told.row === state.row ? null : { name: "Show it", act: () => change({ row: told.row }) });
    } catch (error) {
      complain(error);
    }
  });
}

/** Asks whether all samples shown shall be marked, and marks them. */
export function markAll(label, total) {
  const dialog = byId("mark-all");
  const what = label ? `Mark ${counted(total)} ${label}?` : `Take the labels off ${counted(total)}?`;
  fill(byId("mark-all-title"), what);
  fill(byId("mark-all-text"), described(total));
  const sure = byId("mark-all-sure");
  fill(sure, label ? `${SAID[label]} ${count(total)}` : "Take them off");
  const { filters, search } = state;
  sure.onclick = () => (dialog.close(), inTurn(() => putAll(label, { filters, search })));
  dialog.showModal();
}

/** Asks the server for the labels of now, which another page or command may have given; with `sure` they did change. */
export async function follow(sure = false) {
  const before = JSON.stringify(run.labels);
  try {
    await refresh();
  } catch {
    return; // what is asked for next tells it
  }
  drawCounts();
  if (sure || JSON.stringify(run.labels) !== before) showAnew();
}

/** How many samples have each label, at the head of the page. */
export function drawCounts() {
  const parts = ["keep", "drop"].map((label) => el("span", { class: `tag ${label}` }, `${count(run.labels[label] ?? 0)} ${label}`));
  fill(byId("labels"), parts);
}

async function put(row, label) {
  try {
    const told = await api.mark({ row, label });
    sure.set(row, label);
    counts(told);
    tabs.postMessage("marked");
    tell(label ? `Sample ${row} marked ${label}` : `Label of sample ${row} taken off`, { name: "Undo", act: undo });
  } catch (error) {
    if (waiting.get(row) === 1) show(row, sure.get(row) ?? null);
    complain(new Error(`Sample ${row} was not marked: ${error.message}`));
  } finally {
    waiting.set(row, waiting.get(row) - 1);
  }
}

async function putAll(label, { filters, search }) {
  try {
    const told = await api.mark({ filters, search, label });
    counts(told);
    tabs.postMessage("marked");
    showAnew();
    const done = label ? `${counted(told.marked)} marked ${label}` : `Labels taken off ${counted(told.marked)}`;
    tell(done, { name: "Undo", act: undo });
  } catch (error) {
    complain(error);
  }
}

function undone({ step, undone, row, label }) {
  if (!step) return "There is no mark to take back";
  if (!undone) return "Nothing was taken back: what was marked last has been marked elsewhere since";
  if (row !== null) return label ? `Taken back: sample ${row} is marked ${label} again` : `Taken back: sample ${row} has no label again`;
  return `Taken back: ${count(undone)} of ${counted(step)} have the labels again that they had`;
}

function inTurn(act) {
  return (turn = turn.then(act));
}

function counts(told) {
  run.labels = told.labels ?? run.labels;
  drawCounts();
}

function show(row, label) {
  known.set(row, label);
  for (const hear of listeners) hear(row);
}

function showAnew() {
  known.clear();
  for (const hear of listeners) hear(null);
}

function described(total) {
  const parts = state.filters.map((one) => `${one.column} ${one.op} ${Array.isArray(one.value) ? one.value.join(", ") : (one.value ?? "")}`);
  if (state.search) parts.push(`text: ${state.search}`);
  if (!parts.length) return `Nothing is filtered: this is the whole run. A label that a sample has already is replaced. You can undo it.`;
  return `All ${counted(total)} with ${parts.join("; ")}, on every page. A label that a sample has already is replaced. You can undo it.`;
}
