// Elements made of names, attributes and text. Text is always text: nothing here, or anywhere else, parses HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An element. `attributes` holds attributes, true for one without a value, null or false for none, and listeners as
 * functions under `onclick` and so on. Children are elements, texts, lists of these, or null. */
export function el(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

/** An element of a drawing. */
export function svg(tag, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, tag), attributes, children);
}

/** The element with this id in the page. */
export function byId(id) {
  return document.getElementById(id);
}

/** Puts `children` in the place of all that `parent` holds. */
export function fill(parent, ...children) {
  parent.replaceChildren(...children.flat(Infinity).filter(present));
  return parent;
}

/** Draws anew what `parent` holds; the focus stays at its place in it, or goes to the nearest that can take it. */
export function keepingFocus(parent, draw) {
  const fields = () => [...parent.querySelectorAll("button, input, select, summary")];
  const had = fields().indexOf(document.activeElement);
  draw();
  if (had < 0) return;
  const far = (field, at) => Math.abs(at - had);
  const now = fields().map((field, at) => [far(field, at), field]).filter(([, field]) => !field.disabled);
  now.sort(([one], [other]) => one - other)[0]?.[1].focus({ preventScroll: true });
}

/** Calls `act` once the calls have stopped for `wait` milliseconds. */
export function debounced(act, wait) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), wait);
  };
}

function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (present(value)) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter(present));
  return element;
}

function present(one) {
  return one !== null && one !== undefined && one !== false;
}
