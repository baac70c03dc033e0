// Marking samples keep or drop: shown at once, taken back where the server refuses, and undone step by step.

import * as api from "./api.js";
import { byId, el, fill } from "./dom.js";
import { count, counted } from "./format.js";
import { complain, tell } from "./notice.js";
import { run } from "./run.js";
import { state } from "./state.js";

export const SAID = { keep: "Keep", drop: "Drop" };
const known = new Map(); // row to label or null, as far as the page has seen them
const waiting = new Map(); // row to how many answers are still to come
const steps = []; // what can be taken back, the last one last
const listeners = [];

/** Calls `hear` with a row whose label changed, or with null when many did. */
export function onMark(hear) {
  listeners.push(hear);
}

/** Remembers the labels that the server told of rows; a mark still on its way counts more. */
export function learn(rows) {
  for (const { row, label } of rows) if (!waiting.get(row)) known.set(row, label ?? null);
}

/** The label of a row: "keep", "drop" or null. */
export function labelOf(row) {
  return known.get(row) ?? null;
}

/** Marks a row; the label that it has already is taken off. */
export async function mark(row, label) {
  const before = labelOf(row);
  const after = before === label ? null : label;
  if (await put(row, after, before)) {
    steps.push(() => put(row, before, after));
    tell(after ? `Sample ${row} marked ${after}` : `Label of sample ${row} taken off`, { name: "Undo", act: undo });
  }
}

/** Takes the last mark back, or the last marking of many. */
export async function undo() {
  const step = steps.pop();
  if (!step) return tell("There is no mark to take back");
  if (await step()) tell("Taken back");
}

/** Asks whether all samples shown shall be marked, and marks them. */
export function markAll(label, total) {
  const dialog = byId("mark-all");
  const what = label ? `Mark ${counted(total)} ${label}?` : `Take the labels off ${counted(total)}?`;
  fill(byId("mark-all-title"), what);
  fill(byId("mark-all-text"), described(total));
  const sure = byId("mark-all-sure");
  fill(sure, label ? `${SAID[label]} ${count(total)}` : "Take them off");
  sure.onclick = () => markShown(label);
  dialog.showModal();
}

/** How many samples have each label, at the head of the page. */
export function drawCounts() {
  const parts = ["keep", "drop"].map((label) => el("span", { class: `tag ${label}` }, `${run.labels[label] ?? 0} ${label}`));
  fill(byId("labels"), parts);
}

async function markShown(label) {
  byId("mark-all").close();
  try {
    const told = await api.mark({ filters: state.filters, search: state.search, label });
    await countAnew(told);
    const done = label ? `${counted(told.marked)} marked ${label}` : `Labels taken off ${counted(told.marked)}`;
    steps.push(undoMany);
    tell(done, { name: "Undo", act: undo });
  } catch (error) {
    complain(error);
  }
}

async function undoMany() {
  try {
    await countAnew(await api.undo());
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}

async function put(row, label, before) {
  set(row, label);
  waiting.set(row, (waiting.get(row) ?? 0) + 1);
  try {
    const told = await api.mark({ row, label });
    run.labels = told.labels ?? run.labels;
    drawCounts();
    return true;
  } catch (error) {
    set(row, before);
    complain(new Error(`Sample ${row} was not marked: ${error.message}`));
    return false;
  } finally {
    waiting.set(row, waiting.get(row) - 1);
  }
}

function set(row, label) {
  known.set(row, label);
  for (const hear of listeners) hear(row);
}

async function countAnew(told) {
  run.labels = told.labels ?? (await api.about()).labels;
  known.clear();
  drawCounts();
  for (const hear of listeners) hear(null);
}

function described(total) {
  const parts = state.filters.map((one) => `${one.column} ${one.op} ${Array.isArray(one.value) ? one.value.join(", ") : (one.value ?? "")}`);
  if (state.search) parts.push(`text: ${state.search}`);
  if (!parts.length) return `Nothing is filtered: this is the whole run. A label that a sample has already is replaced. You can undo it.`;
  return `All ${counted(total)} with ${parts.join("; ")}, on every page. A label that a sample has already is replaced. You can undo it.`;
}
