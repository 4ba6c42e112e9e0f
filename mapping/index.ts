/**
 * mapping: other people's topics as appliances. Formats are data (formats/*.json, DATA_DIR/mappings); what is mapped is a table.
 * In: messages of gateways that may publish anything, of an outside broker, and of OpenTelemetry. Out: frames as the
 * contract says them, and what was heard of whom.
 * Start at openMapping.ts, then readMessage.ts (what a message says) and readings.ts (when it counts).
 */
export { forgetMapped, isMappedSource, mappingMigrations } from './bindings.ts'
export { loadFormats } from './format.ts'
export { type Mapping, openMapping } from './openMapping.ts'
export { encodeOtlpAnswer } from './otlpProtobuf.ts'
