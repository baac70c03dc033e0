// Everything that the page asks of the server; addresses are relative, so that the token stays in front of them.

/** The server said no, or nothing. The message is for people. */
export class Refused extends Error {
  /** `kind`: "early" for what is still being made, "gone" where no server answers, else "". */
  constructor(message, kind = "") {
    super(message);
    this.early = kind === "early";
    this.gone = kind === "gone";
  }
}

const AGAIN = 1000; // milliseconds until one asks again for what is being made
const SOON = 200; // and for a selection that another one was counted before
const GONE = "The server does not answer. Is `vlitq view` still running? If not, start it again and open the address that it prints: what was marked is kept";

export const about = () => get("api/run");
export const rows = (asked, signal) => post("api/rows", asked, signal);
export const sample = (row, signal) => get(`api/sample/${row}`, signal);
export const neighbours = (row, signal) => get(`api/neighbours/${row}?count=12`, signal);
export const histogram = (asked, signal) => patient(() => post("api/histogram", asked, signal), AGAIN);
export const fits = (asked, signal) => patient(() => post("api/fits", asked, signal), AGAIN);
export const mark = (asked) => post("api/mark", asked, null, { keepalive: true }); // it arrives though the page is left
export const undo = () => post("api/undo", {});
export const select = (asked, signal) => patient(() => post("api/select", asked, signal), SOON);
export const map = (colour) => get(colour ? `api/map?colour=${encodeURIComponent(colour)}` : "api/map");
export const thumb = (row, index = 0) => `thumb/${row}/${index}`;
export const image = (row, index) => `image/${row}/${index}`;

/** Why an image is not shown, in the server's words. */
export async function problemOf(address) {
  const answer = await fetch(address).catch(() => null);
  if (answer === null) return "The server does not answer";
  return answer.ok ? "This picture cannot be drawn" : answer.text();
}

/** A function that takes its own earlier call back when it is called again; the earlier one then never ends. */
export function latest(ask) {
  let running = new AbortController();
  return async (...given) => {
    running.abort();
    const mine = (running = new AbortController());
    try {
      const answer = await ask(...given, mine.signal);
      return mine.signal.aborted ? new Promise(() => {}) : answer;
    } catch (error) {
      if (mine.signal.aborted) return new Promise(() => {});
      throw error;
    }
  };
}

/** Asks again and again as long as what is asked for is still being made. */
async function patient(ask, wait) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!error.early) throw error;
    }
    await new Promise((end) => setTimeout(end, wait));
  }
}

function get(address, signal) {
  return answer(address, { signal });
}

function post(address, asked, signal, more = {}) {
  return answer(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(asked),
    signal,
    ...more,
  });
}

async function answer(address, options) {
  let found;
  try {
    found = await fetch(address, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(GONE, "gone");
  }
  const told = await found.json().catch(() => null);
  if (found.status === 202) throw new Refused(told.error, "early");
  if (!found.ok || told.error) throw new Refused(told?.error ?? `The server answered ${found.status}`);
  return told;
}
