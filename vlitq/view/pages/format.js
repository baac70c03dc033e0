// Numbers and names as people read them.

const WHOLE = new Intl.NumberFormat("en");
const FRACTION = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const NAME = 120; // characters of a name that are shown

/** A count with its thousands apart. */
export function count(number) {
  return WHOLE.format(number);
}

/** "1 sample", "12 samples". */
export function counted(number, noun = "sample") {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** What a sample is called: its id, where that can be read at all. */
export function called({ id, row }) {
  return id?.trim() ? brief(id) : `row ${row}`;
}

/** A name, or its beginning and how much more there is: a long one would push all else off the page. */
export function brief(name) {
  const more = name.length - NAME;
  return more > 0 ? `${name.slice(0, NAME)}… (${count(more)} more characters)` : name;
}

/** A value of a column; a dash where it has none. */
export function shown(value) {
  if (value === null || value === undefined) return "–";
  if (value === true) return "yes";
  if (value === false) return "no";
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value)) return WHOLE.format(value);
  return Math.abs(value) >= 1e7 || Math.abs(value) < 1e-4 ? value.toExponential(2) : FRACTION.format(value);
}

/** A number as it stands in a gate or a filter: up to five digits, without separators. */
export function plain(number) {
  return String(Number(number.toPrecision(5)));
}

/** The share of `part` in `whole`, in per cent. */
export function share(part, whole) {
  return whole ? `${FRACTION.format(Math.round((1000 * part) / whole) / 10)} %` : "0 %";
}

/** A role of a turn as a word for readers. */
export function role(name) {
  return { human: "Human", user: "Human", gpt: "Assistant", assistant: "Assistant", system: "System" }[name] ?? name;
}
