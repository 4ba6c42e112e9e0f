/**
 * catalog: what each kind of appliance is, as data: metrics, units, plausible ranges, states, failure modes, parts.
 * In: one JSON file a kind, built in (kinds/) or added (DATA_DIR/catalog/). Out: Catalog, and the words that the
 * validator, the tables, the API's schemas, the docs and the pages are generated from.
 * Start at schema.ts, then kinds/fridge.json.
 */
export * from './catalog.ts'
export { describeKinds } from './describeKinds.ts'
export * from './detection.ts'
export * from './schema.ts'
