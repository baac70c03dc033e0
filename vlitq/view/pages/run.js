// The run that is shown, and what its columns are called and mean.

import { about } from "./api.js";

const ROW_COLUMNS = [
  { name: "row", dtype: "int64", description: "Place of the sample in the dataset, from 0." },
  { name: "id", dtype: "string", description: "Identifier of the sample." },
  { name: "source", dtype: "string", description: "Where the sample comes from." },
  { name: "status", dtype: "string", description: "Status of the record." },
  { name: "label", dtype: "string", description: "What a person said of the sample.", values: ["keep", "drop"] },
  { name: "turns", dtype: "int32", description: "Number of turns." },
  { name: "tokens", dtype: "int32", description: "Number of tokens." },
  { name: "images", dtype: "int32", description: "Number of images." },
];
const UNSEEN = new Set(["invalid", "missing_image", "unsafe_path", "unreadable_image"]); // statuses without a picture
export const KEPT = "live"; // whether the selection tried out keeps the sample
const MOST_CHOSEN = 2; // columns that the table shows before anybody chose

export const run = { rows: 0, columns: new Map(), selections: [], recipe: {}, labels: {}, search: {}, map: false };

/** Asks the server what it shows. */
export async function open() {
  take(await about());
}

/** Asks again for what changes: the text index, labels, and what is wrong with the run. */
export async function refresh() {
  const told = await about();
  Object.assign(run, { search: told.search, labels: told.labels, problem: told.problem, notes: told.notes });
}

/** True where the values of a column are ordered. */
export function isNumber(name) {
  const dtype = run.columns.get(name)?.dtype ?? "string";
  return dtype !== "string" && dtype !== "bool";
}

export function isWhole(name) {
  return (run.columns.get(name)?.dtype ?? "").startsWith("int");
}

/** True where a sample has a first picture that can be asked for. */
export function isPictured({ images, status }) {
  return images > 0 && !UNSEEN.has(status);
}

/** What a column is called on the page. */
export function title(name) {
  if (name === KEPT) return "kept by the selection tried out";
  return name.startsWith("selection:") ? `kept in ${name.slice("selection:".length)}` : name;
}

/** The columns that the table shows before anybody chose: what the recipe selects by, then the first that rank. */
export function usual() {
  const select = run.recipe.select ?? {};
  const told = [select.by ?? "", ...(select.gates ?? [])].join(" ");
  const scored = [...run.columns.values()].filter((one) => one.name.includes("."));
  const named = scored.filter((one) => told.includes(one.name) && isNumber(one.name));
  const ranked = scored.filter((one) => isNumber(one.name) && one.direction !== "neutral");
  return [...new Set([...named, ...ranked].map((one) => one.name))].slice(0, MOST_CHOSEN);
}

function take(told) {
  Object.assign(run, told);
  const kept = [KEPT, ...told.selections.map((name) => `selection:${name}`)];
  const made = kept.map((name) => ({ name, dtype: "bool", description: "Whether the selection keeps the sample." }));
  const all = [...ROW_COLUMNS, ...told.columns, ...made];
  run.columns = new Map();
  for (const one of all) run.columns.set(one.name, { ...one, ...described(run.columns.get(one.name), one) });
  run.recipe = told.recipe ?? {};
}

function described(before, now) {
  return { description: now.description || before?.description || "", values: now.values ?? before?.values };
}
