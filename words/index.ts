/**
 * words: what every code of core's `Reason` says, in every language that is served. A third language is one more file.
 * In: reasons. Out: their words. Whoever puts the rooms together gives `render` to those that tell people something.
 * Start at en.ts; render.ts puts parameters in.
 */
export { render } from './render.ts'
