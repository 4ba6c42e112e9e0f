// /asyncapi.json is what the door checks by: every reference leads somewhere, every topic of the contract is there, and what
// it describes is what is taken.
import specs from '@asyncapi/specs'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { loadCatalog } from '../../../../catalog/index.ts'
import { asyncApi } from './asyncApi.ts'

const catalog = loadCatalog()
const document = asyncApi(catalog, 'example.org', { plain: 1883, secure: 8883 })
const at = (reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], document)

test('every reference leads somewhere', () => {
  const found = JSON.stringify(document).matchAll(/"\$ref":"(#[^"]+)"/g)
  const references = [...new Set([...found].map(([, reference]) => reference ?? ''))]
  expect(references.length).toBeGreaterThan(15)
  for (const reference of references) expect(at(reference), reference).toBeDefined()
})

test('every topic of the contract is there, with its direction and every kind of the catalog', () => {
  const channels = Object.values(document.channels)
  expect(channels.map(({ address }) => address)).toEqual(
    ['telemetry', 'event', 'status', 'command', 'command/ack'].map((rest) => `appliances/{kind}/{id}/${rest}`),
  )
  expect(Object.values(document.operations).map(({ action }) => action)).toEqual([
    'receive',
    'receive',
    'receive',
    'send',
    'receive',
  ])
  for (const { parameters } of channels) expect(parameters.kind.enum).toEqual([...catalog.kinds.keys()])
  expect(document.servers).toMatchObject({ mqtt: { host: 'example.org:1883' }, mqtts: { protocol: 'mqtts' } })
})

test('a reading of each kind has its metrics, with their units', () => {
  for (const kind of catalog.kinds.values()) {
    const schema = JSON.stringify(at(`#/components/schemas/${kind.kind}Reading`))
    for (const metric of kind.metricNames) expect(schema).toContain(`"${metric}"`)
  }
})

test('it is AsyncAPI 3.0 by the schema that is published of it, and what is not is refused', () => {
  // It brings JSON Schema's own schema along, and formats that Ajv alone does not know.
  const isValid = new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false }).compile(
    specs.schemas['3.0.0'],
  )
  expect(isValid(document), JSON.stringify(isValid.errors)).toBe(true)
  expect(isValid({ ...document, asyncapi: '2.6.0' })).toBe(false)
  expect(isValid({ ...document, operations: { telemetry: { action: 'publish' } } })).toBe(false)
})

test('it says what MQTT 5 adds: user properties of an event, and a command’s end, answer and mark', () => {
  const { components, operations, servers } = document
  expect(components.messages.event).toMatchObject({ headers: { type: 'object' } })
  expect(components.messages.command).toMatchObject({
    bindings: { mqtt: { contentType: 'application/json', correlationData: {}, responseTopic: {} } },
  })
  expect(components.messages.commandAck).toMatchObject({ bindings: { mqtt: { correlationData: {} } } })
  expect(operations.command).toMatchObject({ bindings: { mqtt: { messageExpiryInterval: { minimum: 1 } } } })
  expect(servers.mqtt.bindings.mqtt.sessionExpiryInterval.maximum).toBe(30 * 86_400)
})
