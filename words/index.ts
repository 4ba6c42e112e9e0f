/**
 * words: what every code of core's `Reason` says, in every language that is served. What the product says in a third language is one more file, and its place in render.ts.
 * In: reasons. Out: their words. Whoever puts the rooms together gives `render` to those that tell people something.
 * Start at en.ts; render.ts puts parameters in.
 */
export { render } from './render.ts'
