// Plugs, hubs and other systems: their topics are heard, mapped by a person, and read like any appliance's, over restarts.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Answer } from '../dashboards/api/answers/index.ts'
import { sparkplugPayload } from '../mapping/sparkplug.ts'
import { eventually, newDataDir, type Program, quiet, removeDataDir, startProgram } from './program.ts'

type View = Answer<'GET /api/mapping'>
/** A file of the installation: two fridges of the cellar. */
const ofCellar = {
  format: 'cellar',
  source: 'a test',
  topics: [{ topic: 'cellar/{device}', payload: 'json' }],
  values: { p: { unit: 'W' } },
  devices: ['left', 'right'].map((device) => ({
    device,
    appliance: `cellar-${device}`,
    kind: 'fridge',
    model: 'M',
    metrics: { p: 'power' },
  })),
}
let dataDir: string
let program: Program
let password = ''
let hub: MqttClient
const connect = async (protocolVersion: 4 | 5 = 5): Promise<void> => {
  hub = await mqtt.connectAsync(program.mqttUrl, {
    clientId: 'hub',
    username: 'hub',
    password,
    protocolVersion,
    reconnectPeriod: 100,
  })
}
beforeAll(async () => {
  dataDir = await newDataDir()
  await mkdir(join(dataDir, 'mappings'))
  await writeFile(join(dataDir, 'mappings', 'cellar.json'), JSON.stringify(ofCellar))
  const plugs = { format: 'plugs', source: 'a test', values: { 'ENERGY.Power': { unit: 'W' } } }
  const topics = [{ topic: '{device}/tele/SENSOR', payload: 'json' }]
  await writeFile(join(dataDir, 'mappings', 'plugs.json'), JSON.stringify({ ...plugs, topics }))
  program = await startProgram(dataDir)
  const made = await program.call<Answer<'POST /api/mapping/sources'>>('POST', '/api/mapping/sources', { id: 'hub' })
  password = made.mqtt.password ?? ''
  await connect()
}, 120_000)
afterAll(async () => {
  hub.end(true)
  await program.stop()
  await removeDataDir(dataDir)
})

const say = (topic: string, payload: object | string | Buffer) =>
  hub.publishAsync(topic, typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload), {
    qos: 1,
  })
const heard = async (device: string): Promise<View['devices'][number] | undefined> =>
  (await program.call<View>('GET', '/api/mapping')).devices.find((one) => one.device === device)
const status = async (
  method: string,
  path: string,
  body: object,
): Promise<{ status: number; code: string; title: string }> => {
  const response = await fetch(program.url + path, {
    method,
    headers: { authorization: `Bearer ${program.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, ...((await response.json()) as { code: string; title: string }) }
}
const latest = async (id: string) =>
  (await program.call<{ lastReading?: { metrics: Record<string, number> } }>('GET', `/api/appliances/${id}`))
    .lastReading?.metrics
const plug = { source: 'hub', format: 'zigbee2mqtt', device: 'kitchen/fridge' }
const asFridge = {
  ...plug,
  appliance: 'kitchen-fridge',
  kind: 'fridge',
  values: [
    { value: 'power', metric: 'power', unit: 'W' },
    { value: 'temperature', metric: 'cabinetTemp', unit: '[degF]' },
  ],
}

test('what nobody mapped yet is acknowledged, dropped and shown with its values', async () => {
  await say('zigbee2mqtt/kitchen/fridge', { power: 81.5, energy: 12.1, temperature: 39.2, linkquality: 88 })
  await say('some/own/topic', 'no number')
  expect(await heard('kitchen/fridge')).toMatchObject({ format: 'zigbee2mqtt', source: 'hub', count: 1 })
  expect((await heard('kitchen/fridge'))?.values).toContainEqual({
    value: 'energy',
    last: 12.1,
    counter: true,
    unit: 'kW.h',
    suggests: 'power',
  })
  expect(await heard('some/own/topic')).toMatchObject({ format: 'any', fault: 'it is neither a number nor JSON' })
  expect((await program.call<{ readings: { received: number } }>('GET', '/api/ingest')).readings.received).toBe(0)
})

test('a file of the installation reads the topics that a format of the product names, too, and the start says so', async () => {
  await say('cupboard/tele/SENSOR', { ENERGY: { Power: 3 } })
  expect(await heard('cupboard')).toMatchObject({ format: 'plugs' })
  expect(program.output()).toContain("'{device}/tele/SENSOR' is read as plugs.json says, no more as tasmota.json")
})

test('a preview shows the last messages as they would read', async () => {
  const preview = await program.call<Answer<'POST /api/mapping/preview'>>('POST', '/api/mapping/preview', asFridge)
  expect(preview.messages).toMatchObject([
    { topic: 'zigbee2mqtt/kitchen/fridge', metrics: { power: 81.5, cabinetTemp: 4 } },
  ])
})

test('what is mapped becomes an appliance whose readings count, and whose absence is known', async () => {
  await program.call('POST', '/api/mapping', asFridge)
  await eventually('the hub is back', async () => hub.connected)
  await say('zigbee2mqtt/kitchen/fridge', { power: 83, temperature: 41 })
  await quiet(program)
  expect(await latest('kitchen-fridge')).toEqual({ power: 83, cabinetTemp: 5 })
  await say('zigbee2mqtt/kitchen/fridge/availability', { state: 'offline' })
  await eventually(
    'it is off',
    async () => !(await program.call<{ online: boolean }>('GET', '/api/appliances/kitchen-fridge')).online,
  )
  expect((await heard('kitchen/fridge'))?.values).toContainEqual(
    expect.objectContaining({ value: 'power', appliance: 'kitchen-fridge', metric: 'power' }),
  )
})

test('a mapping outlives a kill, and 3.1.1 says the same; what was retired stays so, though a file names it', async () => {
  await program.call('DELETE', '/api/appliances/cellar-right')
  hub.end(true)
  await program.kill()
  program = await startProgram(dataDir)
  await connect(4)
  await say('zigbee2mqtt/kitchen/fridge', { power: 90.5 })
  await quiet(program)
  expect(await latest('kitchen-fridge')).toMatchObject({ power: 90.5 })
  await say('cellar/left', { p: 61 })
  await say('cellar/right', { p: 62 })
  await quiet(program)
  expect(await latest('cellar-left')).toEqual({ power: 61 })
  expect((await program.call<View>('GET', '/api/mapping')).leftOut).toEqual(['cellar-right'])
  const { items } = await program.call<{ items: { id: string; status: string }[] }>('GET', '/api/appliances?limit=50')
  expect(items.map(({ id }) => id)).not.toContain('cellar-right')
})

test.each([
  ['two kinds', { ...asFridge, kind: 'washer', values: [{ value: 'power', metric: 'power' }] }, 409, 'two-kinds'],
  ['a value of somebody else', { ...asFridge, appliance: 'another' }, 409, 'already-mapped'],
  [
    'one metric twice',
    {
      ...asFridge,
      values: [
        { value: 'power', metric: 'power' },
        { value: 'energy', metric: 'power' },
      ],
    },
    422,
    'metric-twice',
  ],
  ['no metric of the kind', { ...asFridge, values: [{ value: 'power', metric: 'steam' }] }, 422, 'unknown-metric'],
  [
    'no unit of the metric',
    { ...asFridge, values: [{ value: 'power', metric: 'power', unit: 'Cel' }] },
    422,
    'unknown-unit',
  ],
] as const)('%s is refused with one sentence', async (_, body, expected, code) => {
  const answer = await status('POST', '/api/mapping', body)
  expect(answer).toMatchObject({ status: expected, code })
  expect(answer.title).toMatch(/^.{10,}\.$/)
})

test('a total that begins anew is said; one that falls all the time is none', async () => {
  for (const energy of [5, 5.1, 5.2, 5.3, 5.4, 0.1, 0.2]) await say('zigbee2mqtt/washer', { energy })
  const washer = {
    source: 'hub',
    format: 'zigbee2mqtt',
    device: 'washer',
    appliance: 'washer-1',
    kind: 'washer',
    values: [{ value: 'energy', metric: 'power', unit: 'kW.h', counter: true }],
  }
  const { warnings } = await program.call<Answer<'POST /api/mapping/preview'>>('POST', '/api/mapping/preview', washer)
  expect(warnings).toEqual(['energy fell 1 times: each time it counts from 0 again.'])
  for (const energy of [3, 2, 1]) await say('zigbee2mqtt/washer', { energy })
  expect(await status('POST', '/api/mapping', washer)).toMatchObject({ status: 422, code: 'no-total' })
})

test('OpenTelemetry: gauges of a resource are readings of an appliance', async () => {
  const nanos = (ms: number): string => `${ms}000000`
  const send = (power: number, ms = Date.now()) =>
    program.call('POST', '/v1/metrics', {
      resourceMetrics: [
        {
          resource: { attributes: [{ key: 'service.instance.id', value: { stringValue: 'meter-7' } }] },
          scopeMetrics: [
            {
              metrics: [
                { name: 'power', unit: 'W', gauge: { dataPoints: [{ asDouble: power, timeUnixNano: nanos(ms) }] } },
              ],
            },
          ],
        },
      ],
    })
  await send(10)
  const meter = {
    source: 'opentelemetry',
    format: 'opentelemetry',
    device: 'meter-7',
    appliance: 'meter-7',
    kind: 'fridge',
  }
  await program.call('POST', '/api/mapping', { ...meter, values: [{ value: 'power', metric: 'power', unit: 'W' }] })
  expect(await send(77.5)).toEqual({})
  await quiet(program)
  expect(await latest('meter-7')).toEqual({ power: 77.5 })
  expect(await status('POST', '/v1/metrics', { resourceMetrics: 1 })).toMatchObject({ status: 400, code: 'bad-otlp' })
  expect(
    await program.call('POST', '/v1/metrics', {
      resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'x', gauge: { dataPoints: [{ asInt: '1' }] } }] }] }],
    }),
  ).toMatchObject({
    partialSuccess: { rejectedDataPoints: 1 },
  })
})

const sparkplug = (metrics: object[], timestamp: number, seq: number): Buffer =>
  Buffer.from(sparkplugPayload().encode(sparkplugPayload().fromObject({ timestamp, metrics, seq })).finish())
const now = Date.now()
type Saying = [topic: string, payload: object | string | Buffer]
const formats: {
  format: string
  device: string
  values: { value: string; metric: string; unit: string }[]
  says: [Saying[], Saying[]]
  leaves: Saying
  reads: Record<string, number>
}[] = [
  {
    format: 'tasmota',
    device: 'cellar',
    values: [
      { value: 'ENERGY.Power', metric: 'power', unit: 'W' },
      { value: 'DS18B20-2.Temperature', metric: 'cabinetTemp', unit: '[degF]' },
    ],
    says: [
      [
        [
          'tele/cellar/SENSOR',
          { Time: '2026-11-30T08:00:00', ENERGY: { Power: 5 }, 'DS18B20-2': { Temperature: 39.2 } },
        ],
      ],
      [
        [
          'tele/cellar/SENSOR',
          { Time: '2026-11-30T08:01:00', ENERGY: { Power: 82 }, 'DS18B20-2': { Temperature: 41 } },
        ],
      ],
    ],
    leaves: ['tele/cellar/LWT', 'Offline'],
    reads: { power: 82, cabinetTemp: 5 },
  },
  {
    format: 'shelly',
    device: 'shellyplus1pm-a8032abe54dc',
    values: [{ value: 'switch:0.apower', metric: 'power', unit: 'W' }],
    says: [
      [['shellyplus1pm-a8032abe54dc/status/switch:0', { id: 0, output: true, apower: 8.9, aenergy: { total: 6.532 } }]],
      [['shellyplus1pm-a8032abe54dc/status/switch:0', { id: 0, output: true, apower: 91.2, aenergy: { total: 6.7 } }]],
    ],
    leaves: ['shellyplus1pm-a8032abe54dc/online', 'false'],
    reads: { power: 91.2 },
  },
  {
    format: 'esphome',
    device: 'pantry',
    values: [
      { value: 'power', metric: 'power', unit: 'kW' },
      { value: 'temperature', metric: 'cabinetTemp', unit: 'Cel' },
    ],
    says: [
      [
        ['pantry/sensor/power/state', '0.0815'],
        ['pantry/sensor/temperature/state', '4.1'],
      ],
      [
        ['pantry/sensor/temperature/state', 'nan'],
        ['pantry/sensor/power/state', '0.0625'],
      ],
    ],
    leaves: ['pantry/status', 'offline'],
    reads: { power: 62.5 },
  },
  {
    format: 'homeassistant',
    device: 'garage_power',
    values: [{ value: 'value', metric: 'power', unit: 'W' }],
    says: [
      [['homeassistant/sensor/garage_power/state', '81.5']],
      [
        ['homeassistant/sensor/garage_power/state', '64.5'],
        ['homeassistant/sensor/garage_power/state', 'unknown'],
      ],
    ],
    leaves: ['homeassistant/sensor/garage_power/state', 'unavailable'],
    reads: { power: 64.5 },
  },
  {
    format: 'sparkplug',
    device: 'plant/edge/freezer',
    values: [
      { value: 'Power', metric: 'power', unit: 'W' },
      { value: 'Temperature', metric: 'freezerTemp', unit: 'Cel' },
    ],
    says: [
      [
        ['spBv1.0/plant/NBIRTH/edge', sparkplug([{ name: 'bdSeq', datatype: 8, longValue: 1 }], now - 3_000, 0)],
        [
          'spBv1.0/plant/DBIRTH/edge/freezer',
          sparkplug(
            [
              { name: 'Power', alias: 1, datatype: 9, floatValue: 70.5 },
              { name: 'Temperature', alias: 2, datatype: 3, intValue: 4_294_967_278 },
            ],
            now - 2_000,
            1,
          ),
        ],
      ],
      [
        [
          'spBv1.0/plant/DDATA/edge/freezer',
          sparkplug(
            [
              { alias: 1, floatValue: 71.5 },
              { alias: 2, intValue: 4_294_967_277 },
            ],
            now - 1_000,
            2,
          ),
        ],
      ],
    ],
    // Its node dies, and takes it along.
    leaves: ['spBv1.0/plant/NDEATH/edge', sparkplug([{ name: 'bdSeq', datatype: 8, longValue: 1 }], now, 0)],
    reads: { power: 71.5, freezerTemp: -19 },
  },
]
test.each(formats)('what $format says is mapped, read, and known to be away', async (one) => {
  const { format, device, values, says, leaves, reads } = one
  const appliance = `${format}-fridge`
  for (const [topic, payload] of says[0]) await say(topic, payload)
  expect((await heard(device))?.format).toBe(format)
  await program.call('POST', '/api/mapping', { source: 'hub', format, device, appliance, kind: 'fridge', values })
  await eventually('the hub is back', async () => hub.connected)
  for (const [topic, payload] of says[1]) await say(topic, payload)
  await quiet(program)
  expect(await latest(appliance)).toEqual(reads)
  const isOnline = async () => (await program.call<{ online: boolean }>('GET', `/api/appliances/${appliance}`)).online
  expect(await isOnline()).toBe(true)
  await say(...leaves)
  await eventually('it is away', async () => !(await isOnline()))
})

test('H what is heard of a device is not its appliance’s any more once that is retired, when it is registered again either', async () => {
  await program.call('POST', '/api/mapping', { ...asFridge, appliance: 'sold-fridge', device: 'hall/fridge' })
  await say('zigbee2mqtt/hall/fridge', { power: 61, temperature: 41 })
  await quiet(program)
  expect(await latest('sold-fridge')).toMatchObject({ power: 61 })
  await program.call('DELETE', '/api/appliances/sold-fridge')
  await program.call('POST', '/api/appliances', { id: 'sold-fridge', kind: 'fridge', model: 'M' })
  await say('zigbee2mqtt/hall/fridge', { power: 62, temperature: 41 })
  await quiet(program)
  expect(await latest('sold-fridge')).toMatchObject({ power: 61 })
  expect(await status('DELETE', '/api/mapping/sold-fridge', {})).toMatchObject({ status: 404, code: 'not-mapped' })
})

test('E a plug with credentials of its own moves with its appliance; the hub of the former home stays there', async () => {
  const made = await program.call<Answer<'POST /api/mapping/sources'>>('POST', '/api/mapping/sources', { id: 'plug-9' })
  const own = { ...asFridge, source: 'plug-9', device: 'plug-9', appliance: 'moving-fridge' }
  await program.call('POST', '/api/mapping', own)
  const behindHub = { ...asFridge, device: 'den/fridge', appliance: 'moved-fridge' }
  await program.call('POST', '/api/mapping', behindHub)
  for (const id of ['moving-fridge', 'moved-fridge'])
    await program.call('POST', `/api/appliances/${id}/transfer`, { homeId: 'elsewhere' })
  const plugged = await mqtt.connectAsync(program.mqttUrl, {
    clientId: 'plug-9',
    username: 'plug-9',
    password: made.mqtt.password ?? '',
  })
  await plugged.publishAsync('zigbee2mqtt/plug-9', JSON.stringify({ power: 44, temperature: 41 }), { qos: 1 })
  plugged.end(true)
  await eventually('the hub is back', async () => hub.connected)
  await say('zigbee2mqtt/den/fridge', { power: 45, temperature: 41 })
  await say('zigbee2mqtt/kitchen/fridge', { power: 90.5 })
  await quiet(program)
  expect(await latest('moving-fridge')).toMatchObject({ power: 44 })
  expect(await latest('moved-fridge')).toBeUndefined()
  expect(await latest('kitchen-fridge')).toMatchObject({ power: 90.5 })
})

test('OpenTelemetry in protobuf, packed or not, reads as its JSON, and is answered in protobuf', async () => {
  const post = (body: Buffer, more: Record<string, string> = {}) =>
    fetch(`${program.url}/v1/metrics`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { authorization: `Bearer ${program.token}`, 'content-type': 'application/x-protobuf', ...more },
    })
  // After what was sent as JSON.
  const began = Date.now()
  const at = (seconds: number) => began + seconds * 1_000
  const said = async (body: Buffer, more?: Record<string, string>) => {
    const answer = await post(body, more)
    return [
      answer.status,
      answer.headers.get('content-type'),
      Buffer.from(await answer.arrayBuffer()).toString('latin1'),
    ]
  }
  const protobuf = 'application/x-protobuf'
  expect(await said(otlpExport('meter-7', 'power', 41.5, at(1)))).toEqual([200, protobuf, ''])
  await quiet(program)
  expect(await latest('meter-7')).toEqual({ power: 41.5 })
  const packed = gzipSync(otlpExport('meter-7', 'power', 43.5, at(2)))
  expect(await said(packed, { 'content-encoding': 'gzip' })).toEqual([200, protobuf, ''])
  await quiet(program)
  expect(await latest('meter-7')).toEqual({ power: 43.5 })
  // Without a device one point is rejected: field 1 of the answer holds 1 in its field 1.
  const [, , partial] = await said(otlpExport(undefined, 'power', 1, at(3)))
  expect(String(partial).slice(2, 5)).toBe('\x08\x01\x12')
  for (const [body, more] of [
    [Buffer.from('no protobuf')],
    [Buffer.from('no gzip'), { 'content-encoding': 'gzip' }],
    // 64 MB of nothing in 64 KB: the limit counts what comes out.
    [gzipSync(Buffer.alloc(64 * 1024 * 1024)), { 'content-encoding': 'gzip' }],
  ] as [Buffer, Record<string, string>?][]) {
    const answer = await post(body, more)
    expect([answer.status >= 400 && answer.status < 500, answer.headers.get('content-type')]).toEqual([
      true,
      expect.stringContaining('application/problem+json'),
    ])
  }
})

test('what is unmapped counts no more, and its appliance stays', async () => {
  await program.call('DELETE', '/api/mapping/kitchen-fridge')
  await say('zigbee2mqtt/kitchen/fridge', { power: 12 })
  await quiet(program)
  expect(await latest('kitchen-fridge')).toMatchObject({ power: 90.5 })
  expect(await status('DELETE', '/api/mapping/kitchen-fridge', {})).toMatchObject({ status: 404, code: 'not-mapped' })
})

/** ExportMetricsServiceRequest of opentelemetry-proto 1.3, byte by byte: one gauge of one device. */
function otlpExport(device: string | undefined, name: string, value: number, ms: number): Buffer {
  const field = (number: number, wire: number, body: Buffer): Buffer =>
    Buffer.concat([Buffer.from([(number << 3) | wire]), body])
  const bytes = (number: number, body: Buffer | string): Buffer =>
    field(number, 2, Buffer.concat([Buffer.from([body.length]), Buffer.from(body)]))
  const double = Buffer.alloc(8)
  double.writeDoubleLE(value)
  const time = Buffer.alloc(8)
  time.writeBigUInt64LE(BigInt(ms) * 1_000_000n)
  const attribute = (key: string, text: string): Buffer => Buffer.concat([bytes(1, key), bytes(2, bytes(1, text))])
  // The start of its time, and an attribute of its own, which are not read.
  const point = Buffer.concat([
    field(2, 1, time),
    field(3, 1, time),
    field(4, 1, double),
    bytes(7, attribute('core', '0')),
  ])
  const metric = Buffer.concat([bytes(1, name), bytes(2, 'what it draws'), bytes(3, 'W'), bytes(5, bytes(1, point))])
  const resource = device === undefined ? [] : [bytes(1, bytes(1, attribute('service.instance.id', device)))]
  return bytes(
    1,
    Buffer.concat([...resource, bytes(2, Buffer.concat([bytes(1, bytes(1, 'meter')), bytes(2, metric)]))]),
  )
}
