import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadFormats } from './format.ts'
import { readOtlp } from './otlp.ts'
import { decodeOtlp } from './otlpProtobuf.ts'
import { MappedReadings } from './readings.ts'
import { MessageReader } from './readMessage.ts'
import { SparkplugReader, sparkplugPayload } from './sparkplug.ts'
import { collide, filterOf, topicPattern } from './topicPattern.ts'

const formats = loadFormats()
const encode = (metrics: object[], timestamp = 1_700_000_000_000, seq = 1) =>
  Buffer.from(sparkplugPayload().encode(sparkplugPayload().fromObject({ timestamp, metrics, seq })).finish())
const read = (
  topic: string,
  payload: string | Buffer | object,
  reader = new MessageReader(formats, new SparkplugReader()),
) => {
  const bytes = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
  const [said, ...more] = reader.read(topic, bytes)
  expect(more).toEqual([])
  return said && { ...said, values: Object.fromEntries(said.values) }
}

describe('topics', () => {
  test.each([
    ['tele/{device}/SENSOR', 'tele/plug/SENSOR', { device: 'plug', value: undefined }],
    ['tele/{device}/SENSOR', 'tele/plug/STATE', undefined],
    ['tele/{device}/SENSOR', 'tele//SENSOR', undefined],
    ['{device}/sensor/{value}/state', 'a/sensor/power/state', { device: 'a', value: 'power' }],
    ['z/{device...}', 'z/kitchen/fridge', { device: 'kitchen/fridge', value: undefined }],
    ['z/{device...}/availability', 'z/kitchen/fridge/availability', { device: 'kitchen/fridge', value: undefined }],
    ['z/{device...}/availability', 'z/availability', undefined],
  ])('%s on %s', (pattern, topic, found) => {
    expect(topicPattern(pattern).match(topic)).toEqual(found)
  })
  test.each(['a/b', 'a/{nobody}', 'a/#/{device}', 'a/{device...}/{device...}', 'a/x{device}'])('%s is none', (text) => {
    expect(() => topicPattern(text)).toThrow(text)
  })
  test('a filter of MQTT hears whatever the pattern matches', () => {
    expect(filterOf('{device}/sensor/{value}/state')).toBe('+/sensor/+/state')
    expect(filterOf('z/{device...}/availability')).toBe('z/#')
  })
  test('patterns collide when neither is nearer', () => {
    expect(collide('a/{device}/c', 'a/{value}/c')).toBe(true)
    expect(collide('a/{device}/c', 'a/b/{device}')).toBe(false)
    expect(topicPattern('a/b/{device}').nearness > topicPattern('a/{device}/c').nearness).toBe(true)
    expect(collide('a/{device}', 'a/b/{device}')).toBe(false)
    expect(collide('homeassistant/sensor/{device}/state', '{device}/sensor/{value}/state')).toBe(false)
  })
})

describe('what the projects publish', () => {
  test('Zigbee2MQTT 2.x: a metering plug, its time, its absence', () => {
    const plug = { power: 81.5, energy: 12.34, current: 0.41, voltage: 230, state: 'ON', linkquality: 120 }
    expect(read('zigbee2mqtt/kitchen/fridge plug', { ...plug, last_seen: '2026-11-29T12:00:00+01:00' })).toEqual({
      format: 'zigbee2mqtt',
      device: 'kitchen/fridge plug',
      values: { power: 81.5, energy: 12.34, current: 0.41, voltage: 230, state: 1, linkquality: 120 },
      ts: Date.parse('2026-11-29T11:00:00Z'),
    })
    expect(read('zigbee2mqtt/kitchen/fridge plug/availability', { state: 'offline' })).toMatchObject({ online: false })
    expect(read('zigbee2mqtt/fridge/availability', 'online')).toMatchObject({ device: 'fridge', online: true })
    expect(read('zigbee2mqtt/bridge/devices', '[]')).toBeUndefined()
    for (const to of ['set', 'get', 'set/state', 'l1/set', 'l1/set/brightness'])
      expect(read(`zigbee2mqtt/fridge/${to}`, 'OFF'), to).toBeUndefined()
    // A group; `last_seen` as epoch and as ISO 8601 in UTC; nested states; values that it does not know yet.
    const nested = { state_l1: 'ON', power_l1: 3, update: { state: 'idle', installed_version: 587 }, battery: null }
    expect(read('zigbee2mqtt/all_plugs', { ...nested, last_seen: 1_796_000_000_000 })).toEqual({
      format: 'zigbee2mqtt',
      device: 'all_plugs',
      values: { state_l1: 1, power_l1: 3, 'update.installed_version': 587 },
      ts: 1_796_000_000_000,
    })
    expect(read('zigbee2mqtt/x', { power: 1, last_seen: '2026-11-29T11:00:00.000Z' })?.ts).toBe(
      Date.parse('2026-11-29T11:00:00Z'),
    )
    // With `output: attribute` each value has a topic of its own.
    expect(read('zigbee2mqtt/plug/power', '81.5')).toMatchObject({ device: 'plug/power', values: { value: 81.5 } })
    // What it announces to Home Assistant.
    expect(read('homeassistant/sensor/0x00158d0001/power/config', { state_class: 1 })).toBeUndefined()
  })

  test('Tasmota 14: energy and a probe; the last will', () => {
    const energy = {
      TotalStartTime: '2026-01-01T00:00:00',
      Total: 1.956,
      Yesterday: 0.054,
      Today: 0.049,
      Power: 9,
      Factor: 0.43,
    }
    const body = {
      Time: '2026-11-29T18:59:50',
      ENERGY: energy,
      DS18B20: { Id: '0300A2', Temperature: 4.1 },
      TempUnit: 'C',
    }
    expect(read('tele/fridge/SENSOR', body)).toEqual({
      format: 'tasmota',
      device: 'fridge',
      values: {
        'ENERGY.Total': 1.956,
        'ENERGY.Yesterday': 0.054,
        'ENERGY.Today': 0.049,
        'ENERGY.Power': 9,
        'ENERGY.Factor': 0.43,
        'DS18B20.Temperature': 4.1,
      },
    })
    expect(read('tele/fridge/LWT', 'Offline')).toEqual({
      format: 'tasmota',
      device: 'fridge',
      values: {},
      online: false,
    })
    // The other order of its FullTopic, more than one level of topic, several probes and meters, one that gives nothing.
    const more = {
      Time: '2026-11-29T18:59:50',
      'DS18B20-1': { Id: '0300A2', Temperature: 4.1 },
      'DS18B20-2': { Id: '0300A3', Temperature: null },
      SI7021: { Temperature: 21.3, Humidity: 48.1, DewPoint: 9.9 },
      ENERGY: { Total: [1.5, 2.5], Power: [9, 0] },
      TempUnit: 'C',
    }
    for (const [topic, device] of [
      ['fridge/tele/SENSOR', 'fridge'],
      ['tele/kitchen/fridge/SENSOR', 'kitchen/fridge'],
    ] as const)
      expect(read(topic, more)).toEqual({
        format: 'tasmota',
        device,
        values: {
          'DS18B20-1.Temperature': 4.1,
          'SI7021.Temperature': 21.3,
          'SI7021.Humidity': 48.1,
          'SI7021.DewPoint': 9.9,
          'ENERGY.Total.0': 1.5,
          'ENERGY.Total.1': 2.5,
          'ENERGY.Power.0': 9,
          'ENERGY.Power.1': 0,
        },
      })
    expect(read('fridge/tele/LWT', 'Online')).toMatchObject({ device: 'fridge', online: true })
    expect(read('tele/fridge/STATE', { POWER: 'ON', Wifi: { RSSI: 76, Signal: -62 } })?.values).toEqual({
      POWER: 1,
      'Wifi.RSSI': 76,
      'Wifi.Signal': -62,
    })
    for (const topic of ['tasmota/discovery/DC4F22/config', 'tele/fridge/INFO1', 'cmnd/fridge/POWER'])
      expect(read(topic, { t: 1 }), topic).toBeUndefined()
  })

  test('Shelly Gen 2: a switch’s status, a notification, online', () => {
    const status = { id: 0, source: 'MQTT', output: true, apower: 8.9, voltage: 237.5, current: 0.064 }
    const total = { total: 6.532, by_minute: [45.199, 47.141, 88.397], minute_ts: 1626935779 }
    const said = read('shellyplus1pm-a8032abe54dc/status/switch:0', {
      ...status,
      aenergy: total,
      temperature: { tC: 23.5, tF: 74.4 },
    })
    expect(said).toMatchObject({ format: 'shelly', device: 'shellyplus1pm-a8032abe54dc' })
    expect(said?.values).toMatchObject({
      'switch:0.apower': 8.9,
      'switch:0.aenergy.total': 6.532,
      'switch:0.output': 1,
    })
    const rpc = {
      src: 'x',
      dst: 'x/events',
      method: 'NotifyStatus',
      params: { ts: 1680962879.62, 'switch:0': { id: 0, apower: 7 } },
    }
    expect(read('x/events/rpc', rpc)).toMatchObject({ ts: 1_680_962_879_620, values: { 'params.switch:0.apower': 7 } })
    expect(read('x/online', 'true')).toMatchObject({ format: 'shelly', online: true })
    // All of it after a start, a meter that has no value, an event, three phases; what is asked and logged is no value.
    const full = {
      ...rpc,
      method: 'NotifyFullStatus',
      params: { ts: 1680962880, 'switch:0': { apower: null }, 'em:0': { total_act_power: 510.2 } },
    }
    expect(read('x/events/rpc', full)).toMatchObject({
      ts: 1_680_962_880_000,
      values: { 'params.em:0.total_act_power': 510.2 },
    })
    const pressed = {
      ...rpc,
      method: 'NotifyEvent',
      params: { ts: 1680962881.5, events: [{ component: 'input:0', event: 'single_push' }] },
    }
    expect(read('x/events/rpc', pressed)?.fault).toBeUndefined()
    expect(read('x/status/emdata:0', { id: 0, total_act: 1234.5 })?.values).toMatchObject({
      'emdata:0.total_act': 1234.5,
    })
    expect([read('x/rpc', rpc), read('x/debug/log', 'shelly_notification:163 Status change')]).toEqual([
      undefined,
      undefined,
    ])
  })

  test('ESPHome 2024.11: one value a topic, no number while there is none', () => {
    expect(read('kitchen/sensor/power/state', '81.5')).toEqual({
      format: 'esphome',
      device: 'kitchen',
      values: { power: 81.5 },
    })
    expect(read('kitchen/binary_sensor/door/state', 'ON')).toMatchObject({ values: { door: 1 } })
    // One sensor without a value is no device that is away.
    for (const none of ['nan', 'NaN', '']) expect(read('kitchen/sensor/power/state', none), none).toBeUndefined()
    expect(read('kitchen/switch/compressor/state', 'OFF')).toMatchObject({ values: { compressor: 0 } })
    expect(read('kitchen/debug', '[D][sensor:094]: power: 81.5 W')).toBeUndefined()
    expect(read('homeassistant/sensor/kitchen/power/config', { dev: { sw: '2024.11' } })).toBeUndefined()
    expect(read('kitchen/status', 'offline')).toMatchObject({ format: 'esphome', online: false })
  })

  test('Home Assistant 2024.11, statestream: an entity a topic', () => {
    const topic = 'homeassistant/sensor/fridge_power/state'
    expect(read(topic, '81.5')).toEqual({ format: 'homeassistant', device: 'fridge_power', values: { value: 81.5 } })
    expect(read(topic, 'unavailable')).toMatchObject({ online: false })
    expect(read(topic, 'unknown')).toBeUndefined()
    expect(read('homeassistant/switch/fridge/state', 'on')).toMatchObject({ device: 'fridge', values: { value: 1 } })
    for (const [attribute, said] of [
      ['unit_of_measurement', '"W"'],
      ['last_updated', '"2026-11-29T11:00:00+00:00"'],
    ] as const)
      expect(read(`homeassistant/sensor/fridge_power/${attribute}`, said)).toBeUndefined()
  })

  test('Sparkplug B 3.0: births name, data come by alias, numbers below zero, deaths', () => {
    const reader = new MessageReader(formats, new SparkplugReader())
    const birth = encode([
      { name: 'Power', alias: 1, datatype: 9, floatValue: 81.5 },
      { name: 'Temperature', alias: 2, datatype: 3, intValue: 4_294_967_278 },
      { name: 'Running', alias: 3, datatype: 11, booleanValue: true },
      { name: 'Gone', alias: 4, datatype: 10, isNull: true },
    ])
    const device = { format: 'sparkplug', device: 'plant/edge/fridge' }
    const values = { Power: 81.5, Temperature: -18, Running: 1 }
    expect(read('spBv1.0/plant/DBIRTH/edge/fridge', birth, reader)).toEqual({
      ...device,
      online: true,
      ts: 1_700_000_000_000,
      values,
    })
    const data = encode([{ alias: 1, floatValue: 2.25, timestamp: 1_700_000_000_500 }])
    expect(read('spBv1.0/plant/DDATA/edge/fridge', data, reader)).toEqual({
      ...device,
      ts: 1_700_000_000_500,
      values: { Power: 2.25 },
    })
    // Data need not say the type again.
    expect(
      read('spBv1.0/plant/DDATA/edge/fridge', encode([{ alias: 2, intValue: 4_294_967_279 }]), reader),
    ).toMatchObject({ values: { Temperature: -17 } })
    expect(read('spBv1.0/plant/DDATA/other/fridge', data, reader)).toMatchObject({
      fault: expect.stringContaining('rebirth'),
    })
    expect(read('spBv1.0/plant/DDEATH/edge/fridge', Buffer.alloc(0), reader)).toEqual({
      ...device,
      online: false,
      values: {},
    })
    expect(read('spBv1.0/plant/DDATA/edge/fridge', Buffer.from([255, 255, 255]), reader)).toMatchObject({
      fault: expect.stringContaining('no Sparkplug B'),
    })
    expect(read('spBv1.0/STATE/host', '{}', reader)).toBeUndefined()
  })

  test('Sparkplug B 3.0: a gap in the numbers of a node is said, and the death of a node is its devices’', () => {
    const reader = new MessageReader(formats, new SparkplugReader())
    const power = (seq: number, more: object[] = []) =>
      encode([{ name: 'Power', floatValue: 1 }, ...more], undefined, seq)
    const bdSeq = (value: number) => [{ name: 'bdSeq', datatype: 8, longValue: value }]
    const node = (type: string, payload: Buffer) => read(`spBv1.0/plant/${type}/edge`, payload, reader)
    expect(node('NBIRTH', power(0, bdSeq(7)))).toMatchObject({ device: 'plant/edge', online: true })
    expect(read('spBv1.0/plant/DBIRTH/edge/fridge', power(1), reader)?.fault).toBeUndefined()
    expect(read('spBv1.0/plant/DDATA/edge/fridge', power(4), reader)?.fault).toBe(
      'after message 1 of its node came 4: what was between is missing',
    )
    // Sent again it is none.
    expect(read('spBv1.0/plant/DDATA/edge/fridge', power(4), reader)?.fault).toBeUndefined()
    expect(node('NDEATH', encode(bdSeq(6)))).toBeUndefined()
    expect(node('NDEATH', encode(bdSeq(7)))).toEqual({
      format: 'sparkplug',
      device: 'plant/edge',
      online: false,
      isOfAllBelow: true,
      values: {},
    })
    // Its numbers begin anew, and after 255 comes 0.
    expect(node('NBIRTH', power(255, bdSeq(8)))?.fault).toBeUndefined()
    expect(node('NDATA', power(0))?.fault).toBeUndefined()
  })

  test('Sparkplug B 3.0: what was stored and sent later is of its own times', () => {
    const reader = new MessageReader(formats, new SparkplugReader())
    const at = (timestamp: number, floatValue: number) => ({ name: 'Power', floatValue, timestamp, isHistorical: true })
    const said = reader.read('spBv1.0/plant/DDATA/edge/fridge', encode([at(3_000, 3), at(1_000, 1), at(2_000, 2)]))
    expect(said.map(({ ts, values }) => [ts, values.get('Power')])).toEqual([
      [1_000, 1],
      [2_000, 2],
      [3_000, 3],
    ])
  })

  test('OpenTelemetry 1.3: points with attributes, histograms and summaries, no value, and words for numbers', () => {
    const labelled = (asInt: string, direction: string) => ({
      asInt,
      timeUnixNano: '1700000000000000000',
      attributes: [{ key: 'direction', value: { stringValue: direction } }],
    })
    const at = { timeUnixNano: 1_700_000_000_000_000_000 }
    const metrics = [
      { name: 'io', sum: { dataPoints: [labelled('10', 'receive'), labelled('20', 'transmit')] } },
      { name: 'errors', sum: { dataPoints: [labelled('3', 'receive')] } },
      { name: 'latency', histogram: { dataPoints: [{ ...at, count: '4', sum: 10.5, bucketCounts: ['1', '3'] }] } },
      { name: 'wait', exponentialHistogram: { dataPoints: [{ ...at, count: 2, scale: 1 }] } },
      { name: 'old', summary: { dataPoints: [{ ...at, count: '5', sum: 2 }] } },
      { name: 'gone', gauge: { dataPoints: [{ ...at, flags: 1 }] } },
      { name: 'broken', gauge: { dataPoints: [{ ...at, asDouble: 'NaN' }, { ...at }] } },
      { name: 'power', unit: 'W', gauge: { dataPoints: [{ ...at, asDouble: 81.5 }] } },
    ]
    const long = { key: 'process.command_line', value: { stringValue: 'x'.repeat(5_000) } }
    const list = { key: 'process.command_args', value: { arrayValue: { values: [] } } }
    const resource = { attributes: [long, list, { key: 'host.name', value: { stringValue: 'meter' } }, { key: 'x' }] }
    const body = { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }
    const values = {
      'io{direction=receive}': 10,
      'io{direction=transmit}': 20,
      'errors{direction=receive}': 3,
      errors: 3,
      'latency.count': 4,
      'latency.sum': 10.5,
      'wait.count': 2,
      'old.count': 5,
      'old.sum': 2,
      power: 81.5,
    }
    const { said, rejected } = readOtlp(body)
    expect(said.map((one) => ({ ...one, values: Object.fromEntries(one.values) }))).toEqual([
      { format: 'opentelemetry', device: 'meter', ts: 1_700_000_000_000, values },
    ])
    expect(rejected).toBe(2)
    for (const empty of [{}, { resourceMetrics: [] }, decodeOtlp(Buffer.alloc(0))])
      expect(readOtlp(empty)).toEqual({ said: [], rejected: 0 })
  })

  test('what nobody wrote down: the topic is the device, every number a value', () => {
    expect(read('my/own/topic', { a: { b: [1, '2.5'] }, c: 'x' })).toEqual({
      format: 'any',
      device: 'my/own/topic',
      values: { 'a.b.0': 1, 'a.b.1': 2.5 },
    })
    expect(read('my/own/topic', '17')).toMatchObject({ values: { value: 17 } })
    expect(read('my/own/topic', 'hello')).toMatchObject({ fault: expect.any(String) })
  })

  test('whatever comes is read without an error', () => {
    const topics = ['tele/a/SENSOR', 'zigbee2mqtt/a', 'a/status/switch:0', 'spBv1.0/g/NDATA/e', 'x/y', 'a/events/rpc']
    fc.assert(
      fc.property(fc.constantFrom(...topics), fc.oneof(fc.json(), fc.string(), fc.uint8Array()), (topic, payload) => {
        const said = read(topic, typeof payload === 'string' ? payload : Buffer.from(payload))
        expect(Object.values(said?.values ?? {}).every(Number.isFinite)).toBe(true)
      }),
    )
  })
})

describe('readings', () => {
  const binding = { source: 's', format: 'f', device: 'd', value: 'power', appliance: 'f1', metric: 'power' }
  const said = (power: number, ts?: number) => ({ format: 'f', device: 'd', values: new Map([['power', power]]), ts })

  test('two values in one millisecond are two readings', () => {
    const readings = new MappedReadings()
    const times = [1, 2, 3].map(
      (power) => readings.read(said(power), [{ ...binding, deadband: undefined }], 1_000)[0]?.ts,
    )
    expect(times).toEqual([1_000, 1_001, 1_002])
  })
  test('what does not move far enough is said again after ten minutes', () => {
    const readings = new MappedReadings()
    const at = (power: number, ms: number) => readings.read(said(power), [{ ...binding, deadband: 2 }], ms).length
    expect([at(10, 0), at(11, 1_000), at(12, 2_000), at(13, 3_000), at(13, 602_000)]).toEqual([1, 0, 1, 0, 1])
  })
  test('a time that the message says is the reading’s', () => {
    const readings = new MappedReadings()
    expect(readings.read(said(1, 500), [{ ...binding, deadband: undefined }], 1_000)).toMatchObject([{ ts: 500 }])
  })
  test('messages that name one time and say other things are two readings, and the same when they come again', () => {
    const readings = new MappedReadings()
    const at = (power: number, ts: number) =>
      readings.read(said(power, ts), [{ ...binding, deadband: undefined }], 1_000)[0]?.ts
    const once = [at(1, 500), at(2, 500), at(3, 500), at(4, 600)]
    expect(once).toEqual([500, 501, 502, 600])
    expect([at(1, 500), at(2, 500), at(3, 500), at(4, 600)]).toEqual(once)
  })
})

describe('mapping files', () => {
  const withFile = (content: object | string): string => {
    const dir = mkdtempSync(join(tmpdir(), 'mappings-'))
    writeFileSync(join(dir, 'own.json'), typeof content === 'string' ? content : JSON.stringify(content))
    return dir
  }
  const own = {
    format: 'own',
    source: 'a test',
    topics: [{ topic: 'own/{device}', payload: 'json' }],
    values: { p: { unit: 'W' } },
  }
  const device = (device: string, kind: string, appliance = 'f1') => ({
    device,
    appliance,
    kind,
    metrics: { p: 'power' },
  })

  test('one of an installation stands beside the others', () => {
    expect(loadFormats(withFile(own)).map(({ format }) => format)).toContain('own')
  })
  test('one of an installation has the topics that it names, and it is said; the rest of the product’s is read as before', () => {
    const said: string[] = []
    const topics = [{ topic: '{device}/tele/SENSOR', payload: 'json' }]
    const all = loadFormats(withFile({ ...own, topics, values: {} }), (sentence) => said.push(sentence))
    const reader = new MessageReader(all, new SparkplugReader())
    expect(read('plug/tele/SENSOR', { ENERGY: { Power: 3 } }, reader)).toMatchObject({ format: 'own', device: 'plug' })
    expect(read('tele/plug/SENSOR', { ENERGY: { Power: 3 } }, reader)).toMatchObject({ format: 'tasmota' })
    expect(said).toEqual([
      "Mapping: '{device}/tele/SENSOR' is read as own.json says, no more as tasmota.json of the product does.",
    ])
  })
  test.each([
    ['no JSON', '{', 'own.json'],
    ['an unknown field', { ...own, extra: 1 }, 'own.json'],
    ['no unit that exists', { ...own, values: { p: { unit: 'horses' } } }, 'UCUM'],
    [
      'one appliance of two kinds',
      { ...own, devices: [device('a', 'fridge'), device('b', 'washer')] },
      'both a fridge and a washer',
    ],
    [
      'one value of two appliances',
      { ...own, devices: [device('a', 'fridge'), device('a', 'fridge', 'f2')] },
      'both f1',
    ],
  ])('%s is refused with the file', (_, content, why) => {
    expect(() => loadFormats(withFile(content))).toThrow(why)
  })
  test('of two of an installation neither has what the other names, nor its name', () => {
    const dir = withFile(own)
    writeFileSync(join(dir, 'two.json'), JSON.stringify({ ...own, format: 'two' }))
    expect(() => loadFormats(dir)).toThrow('The mapping two.json')
    writeFileSync(join(dir, 'two.json'), JSON.stringify({ ...own, topics: [] }))
    expect(() => loadFormats(dir)).toThrow("own.json has the format 'own' already")
  })
})
