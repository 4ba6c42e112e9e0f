// What Home Assistant takes over MQTT discovery, written from what it publishes, and stricter in one thing: a key that it
// would drop without a word is refused here.
// Source: home-assistant/core 2025.1, homeassistant/components/mqtt: abbreviations.py, schemas.py (DEVICE_DISCOVERY_SCHEMA,
// MQTT_ENTITY_COMMON_SCHEMA), config.py, sensor.py, binary_sensor.py, button.py, update.py, util.py, discovery.py; units and
// state classes of a device class: homeassistant/components/sensor/const.py.
import { z } from 'zod'

/** Short → long, of the keys that these components have. */
const abbreviations: Readonly<Record<string, string>> = {
  avty: 'availability',
  avty_mode: 'availability_mode',
  avty_t: 'availability_topic',
  avty_tpl: 'availability_template',
  cmd_t: 'command_topic',
  cmd_tpl: 'command_template',
  cmps: 'components',
  dev: 'device',
  dev_cla: 'device_class',
  e: 'encoding',
  en: 'enabled_by_default',
  ent_cat: 'entity_category',
  ent_pic: 'entity_picture',
  exp_aft: 'expire_after',
  frc_upd: 'force_update',
  ic: 'icon',
  json_attr_t: 'json_attributes_topic',
  json_attr_tpl: 'json_attributes_template',
  l_ver_t: 'latest_version_topic',
  l_ver_tpl: 'latest_version_template',
  lrst_val_tpl: 'last_reset_value_template',
  o: 'origin',
  obj_id: 'object_id',
  off_dly: 'off_delay',
  ops: 'options',
  p: 'platform',
  pl_avail: 'payload_available',
  pl_inst: 'payload_install',
  pl_not_avail: 'payload_not_available',
  pl_off: 'payload_off',
  pl_on: 'payload_on',
  pl_prs: 'payload_press',
  rel_s: 'release_summary',
  rel_u: 'release_url',
  ret: 'retain',
  stat_cla: 'state_class',
  stat_t: 'state_topic',
  sug_dsp_prc: 'suggested_display_precision',
  t: 'topic',
  tit: 'title',
  uniq_id: 'unique_id',
  unit_of_meas: 'unit_of_measurement',
  val_tpl: 'value_template',
}
const ofDevices: Readonly<Record<string, string>> = {
  cns: 'connections',
  cu: 'configuration_url',
  hw: 'hw_version',
  ids: 'identifiers',
  mdl: 'model',
  mdl_id: 'model_id',
  mf: 'manufacturer',
  sa: 'suggested_area',
  sn: 'serial_number',
  sw: 'sw_version',
}
const ofOrigins: Readonly<Record<string, string>> = { sw: 'sw_version', url: 'support_url' }

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const spelled = (value: unknown, names: Readonly<Record<string, string>>): unknown =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [names[key] ?? key, one])) : value

/** In full words, as `_replace_all_abbreviations` does. */
function inFull(payload: unknown, isComponent = false): unknown {
  const whole = spelled(payload, abbreviations)
  if (!isRecord(whole)) return whole
  if (Array.isArray(whole.availability))
    whole.availability = whole.availability.map((one) => spelled(one, abbreviations))
  if (isComponent) return whole
  whole.device = spelled(whole.device, ofDevices)
  whole.origin = spelled(whole.origin, ofOrigins)
  if (isRecord(whole.components))
    whole.components = Object.fromEntries(
      Object.entries(whole.components).map(([key, one]) => [key, inFull(one, true)]),
    )
  return whole
}

/** `valid_topic`: no control character, no non-character, at most 65,535 bytes. */
const topic = z
  .string()
  .min(1)
  .refine((said) => Buffer.byteLength(said) <= 65_535, 'is too long')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  .refine((said) => !/[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]/.test(said), 'holds what no topic may hold')
const publishTopic = topic.refine((said) => !/[+#]/.test(said), 'holds a wildcard')
const subscribeTopic = topic.refine(
  (said) =>
    said
      .split('/')
      .every((level, i, all) => level === '+' || !/[+#]/.test(level) || (level === '#' && i === all.length - 1)),
  'is no filter',
)
const url = z.string().refine((said) => /^(?:https?|homeassistant):\/\/[^/]+/.test(said), 'is no URL of a page')
const icon = z.string().regex(/^[a-z0-9_-]+:[a-z0-9_-]+$/)
/** What the client beside this file can evaluate, and all that is needed. */
export const TEMPLATE = /^\{\{ value_json\.([a-z_]+) \}\}$/
const template = z.string().regex(TEMPLATE)

const availability = {
  availability: z
    .array(
      z.strictObject({
        topic: subscribeTopic,
        payload_available: z.string().default('online'),
        payload_not_available: z.string().default('offline'),
        value_template: template.optional(),
      }),
    )
    .optional(),
  availability_mode: z.enum(['all', 'any', 'latest']).default('latest'),
}
const qos = z.literal([0, 1, 2]).default(0)
const common = {
  ...availability,
  qos,
  encoding: z.string().default('utf-8'),
  enabled_by_default: z.boolean().default(true),
  entity_category: z.enum(['config', 'diagnostic']).optional(),
  icon: icon.optional(),
  json_attributes_topic: subscribeTopic.optional(),
  json_attributes_template: template.optional(),
  name: z.string().nullish(),
  // Without it no entity of a device is kept.
  unique_id: z.string().min(1),
}
const readOnly = { ...common, state_topic: subscribeTopic, value_template: template.optional() }

/** Units and state classes that a device class may have, of those in use. */
const sensorClasses: Readonly<Record<string, { units: readonly string[]; states: readonly string[] }>> = {
  power: { units: ['mW', 'W', 'kW', 'MW', 'GW', 'TW'], states: ['measurement'] },
  energy: { units: ['J', 'kJ', 'MJ', 'GJ', 'Wh', 'kWh', 'MWh'], states: ['total', 'total_increasing'] },
}
const sensor = z
  .strictObject({
    ...readOnly,
    platform: z.literal('sensor'),
    device_class: z.enum(['power', 'energy']).nullish(),
    expire_after: z.int().min(0).optional(),
    force_update: z.boolean().default(false),
    suggested_display_precision: z.int().min(0).optional(),
    state_class: z.enum(['measurement', 'total', 'total_increasing']).nullish(),
    unit_of_measurement: z.string().nullish(),
  })
  .refine(({ device_class: of, unit_of_measurement: unit, state_class: state }) => {
    if (!of) return true
    const may = sensorClasses[of]
    return may?.units.includes(unit ?? '') && (!state || may.states.includes(state))
  }, 'this device class has other units or state classes')
const component = z.discriminatedUnion('platform', [
  sensor,
  z.strictObject({
    ...readOnly,
    platform: z.literal('binary_sensor'),
    device_class: z.enum(['problem', 'connectivity', 'running', 'door']).nullish(),
    payload_on: z.string().default('ON'),
    payload_off: z.string().default('OFF'),
    off_delay: z.int().min(0).optional(),
  }),
  z.strictObject({
    ...readOnly,
    platform: z.literal('update'),
    device_class: z.literal('firmware').nullish(),
    command_topic: publishTopic.optional(),
    payload_install: z.string().optional(),
    release_summary: z.string().optional(),
    release_url: z.string().optional(),
    title: z.string().optional(),
  }),
  z.strictObject({
    ...common,
    platform: z.literal('button'),
    device_class: z.enum(['identify', 'restart', 'update']).nullish(),
    command_topic: publishTopic,
    payload_press: z.string().default('PRESS'),
    retain: z.boolean().default(false),
    // Inherited from the device, and of no use to a button.
    state_topic: subscribeTopic.optional(),
  }),
])
export type Component = z.infer<typeof component>

const device = z.strictObject({
  ...availability,
  device: z
    .strictObject({
      identifiers: z.array(z.string()).default([]),
      connections: z.array(z.tuple([z.string(), z.string()])).default([]),
      configuration_url: url.optional(),
      hw_version: z.string().optional(),
      manufacturer: z.string().optional(),
      model: z.string().optional(),
      model_id: z.string().optional(),
      name: z.string().optional(),
      serial_number: z.string().optional(),
      suggested_area: z.string().optional(),
      sw_version: z.string().optional(),
      via_device: z.string().optional(),
    })
    .refine(({ identifiers, connections }) => identifiers.length + connections.length > 0, 'nothing identifies it'),
  origin: z.strictObject({ name: z.string(), sw_version: z.string().optional(), support_url: url.optional() }),
  components: z.record(z.string().regex(/^[a-zA-Z0-9_-]+$/), z.looseObject({ platform: z.string() })),
  state_topic: subscribeTopic.optional(),
  command_topic: publishTopic.optional(),
  qos: qos.optional(),
  encoding: z.string().optional(),
})
/** What a component has of its device, where it does not say otherwise (SHARED_OPTIONS). */
const shared = ['availability', 'availability_mode', 'command_topic', 'state_topic', 'qos'] as const

/** `TOPIC_MATCHER`, of device discovery. */
const OBJECT_ID = /^device\/(?:[a-zA-Z0-9_-]+\/)?[a-zA-Z0-9_-]+\/config$/

/** @throws Error with what Home Assistant would refuse, or drop in silence */
export function readDiscovery(prefix: string, topic: string, payload: string): Map<string, Component> {
  if (!topic.startsWith(`${prefix}/`) || !OBJECT_ID.test(topic.slice(prefix.length + 1)))
    throw new Error(`${topic} is no topic of device discovery`)
  const whole = device.parse(inFull(JSON.parse(payload)))
  const components = new Map<string, Component>()
  for (const [id, said] of Object.entries(whole.components)) {
    const given: Record<string, unknown> = {}
    for (const option of shared) {
      const isMeant = option !== 'command_topic' || said.platform === 'button' || said.platform === 'update'
      if (isMeant && whole[option] !== undefined) given[option] = whole[option]
    }
    components.set(id, component.parse({ ...given, ...said }))
  }
  return components
}

/** What attributes may not be called (MQTT_ATTRIBUTES_BLOCKED): Home Assistant would leave them out. */
export const blockedAttributes: ReadonlySet<string> = new Set([
  'assumed_state',
  'available',
  'device_class',
  'device_info',
  'entity_category',
  'entity_picture',
  'entity_registry_enabled_default',
  'extra_state_attributes',
  'force_update',
  'friendly_name',
  'icon',
  'last_reset',
  'should_poll',
  'state',
  'state_class',
  'supported_features',
  'unique_id',
  'unit_of_measurement',
])
