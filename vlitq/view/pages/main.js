// Begins: asks what the run is, and starts each part of the page.

import { byId, debounced, el, fill } from "./dom.js";
import { count, counted } from "./format.js";
import { startFilters } from "./filters.js";
import { startKeys } from "./keys.js";
import { startMap } from "./map.js";
import { drawCounts, follow } from "./marks.js";
import { complain } from "./notice.js";
import { load } from "./rows.js";
import { open, refresh, run } from "./run.js";
import { startSample } from "./sample.js";
import { startSelect } from "./select.js";
import { change, onChange, state } from "./state.js";
import { startTable } from "./table.js";

const WAIT = 220; // milliseconds after the last letter of a search
const POLL = 1000; // milliseconds between looks at the text index

start();

async function start() {
  try {
    await open();
  } catch (error) {
    byId("rows").hidden = true;
    byId("empty").hidden = false;
    return fill(byId("empty"), el("h2", {}, "The run cannot be shown"), el("p", {}, error.message));
  }
  head();
  startKeys();
  startSearch();
  startPanels();
  await startSelect();
  startTable();
  startSample();
  startFilters();
  startMap();
  load();
  addEventListener("focus", () => follow().then(drawNotes));
}

function head() {
  const name = run.path.split("/").filter(Boolean).at(-1) ?? run.path;
  document.title = `${name} · vlitq`;
  fill(byId("run"), name);
  byId("run").title = run.path;
  fill(byId("run-rows"), counted(run.rows));
  drawNotes();
  fill(byId("methods"), (run.methods ?? []).map((name) => el("option", { value: name })));
  drawCounts();
}

function drawNotes() {
  const notes = [run.problem, ...(run.notes ?? [])].filter(Boolean);
  fill(byId("run-notes"), notes.map((note) => el("li", {}, note)));
}

function startSearch() {
  const field = byId("search");
  field.value = state.search;
  field.addEventListener("input", debounced(() => change({ search: field.value.trim() }, { replace: true }), WAIT));
  byId("search-form").addEventListener("submit", (event) => event.preventDefault());
  onChange((changed) => {
    if (changed.has("search") && document.activeElement !== field) field.value = state.search;
  });
  drawIndex();
}

/** Says how far the text index is, as long as it is being made. */
async function drawIndex() {
  const { ready, done, of } = run.search ?? {};
  const note = byId("index");
  note.hidden = Boolean(ready);
  if (ready) return;
  fill(note, run.search?.problem ?? `Texts are being indexed: ${count(done ?? 0)} of ${count(of ?? 0)}`);
  if (run.search?.problem) return;
  setTimeout(async () => {
    try {
      await refresh();
      drawIndex();
      drawNotes();
    } catch (error) {
      complain(error);
    }
  }, POLL);
}

/** On a narrow page the panels lie over the list, behind a button. */
function startPanels() {
  const button = byId("open-panels");
  const show = (open) => {
    document.body.toggleAttribute("data-panels", open);
    button.setAttribute("aria-expanded", String(open));
    if (open) byId("panels").focus();
  };
  button.addEventListener("click", () => show(!document.body.hasAttribute("data-panels")));
  byId("close-panels").addEventListener("click", () => (show(false), button.focus()));
}
