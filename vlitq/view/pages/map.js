// The map of the run, on a canvas.

/** Draws the map where the run has one. */
export function startMap() {}
