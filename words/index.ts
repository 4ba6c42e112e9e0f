/**
 * words: what every code of core's `Reason` says, in every language that is served. What the product says in one more language is one more file, and its line in languageOf.ts.
 * In: reasons, and the catalog that names things. Out: their words. Whoever puts the rooms together gives a renderer to those that tell people something.
 * Start at en.ts; render.ts puts parameters in.
 */
export { catalogNames } from './catalogNames.ts'
export { render, renderWith } from './render.ts'
