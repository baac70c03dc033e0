// The page of samples that the list shows; the rest stays on the server.

import * as api from "./api.js";
import { learn } from "./marks.js";
import { complain } from "./notice.js";
import { KEPT, usual } from "./run.js";
import { change, state } from "./state.js";

export const PAGE = 50; // samples
const AGAIN = 1000; // milliseconds until one asks again for what is being made
/** `problem`: why no texts can be read; `counted`: whether the selection tried out was counted, so that `live` is its. */
export const page = { rows: [], total: 0, ms: 0, problem: null, error: null, busy: true, counted: false };
const ask = api.latest(api.rows);
const listeners = [];
let arriving = null; // which sample of the page to come is to be shown, "first" or "last"

/** Calls `hear` when the page of samples changed, or began to. */
export function onRows(hear) {
  listeners.push(hear);
}

/** The columns that the table shows. */
export function chosen() {
  return state.columns ?? usual();
}

export function pages() {
  return Math.max(1, Math.ceil(page.total / PAGE));
}

/** Asks for the page of samples that the state names. */
export async function load() {
  page.busy = true;
  tell();
  try {
    const { filters, search, sort } = state;
    const asked = { filters, search, sort, offset: state.page * PAGE, limit: PAGE, columns: [...chosen(), KEPT] };
    Object.assign(page, await ask(asked), { error: null });
    learn(page.rows);
  } catch (error) {
    if (error.early) setTimeout(() => page.error === error && load(), AGAIN);
    if (error.gone) complain(error, { name: "Try again", act: load });
    if (!error.gone || !page.rows.length) Object.assign(page, { rows: [], total: 0, error });
  }
  page.busy = false;
  if (!page.error && state.page >= pages()) return change({ page: pages() - 1 }, { replace: true });
  land();
  tell();
}

/** Shows the next sample (1) or the one before (-1), over the edge of the page. */
export function step(by) {
  if (page.busy || !page.rows.length) return;
  const at = page.rows.findIndex((one) => one.row === state.row);
  const to = at < 0 ? (by > 0 ? 0 : page.rows.length - 1) : at + by;
  if (page.rows[to]) change({ row: page.rows[to].row }, { replace: true });
  else turn(by);
}

/** Turns pages; a sample of the new page is shown where one was shown before. */
export function turn(by) {
  const to = Math.min(Math.max(state.page + by, 0), pages() - 1);
  if (to === state.page) return;
  if (state.row !== null) arriving = by > 0 ? "first" : "last";
  change({ page: to });
}

function land() {
  const found = arriving === "last" ? page.rows.at(-1) : page.rows[0];
  if (arriving && found) change({ row: found.row }, { replace: true });
  arriving = null;
}

function tell() {
  for (const hear of listeners) hear();
}
