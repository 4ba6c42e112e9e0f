// MQTT 5 as clients in the field speak it: MQTT.js, Mosquitto's own, and Paho, which Home Assistant uses.
import { spawn } from 'node:child_process'
import mqtt from 'mqtt'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pythonPackages, serverEnv, serverProgram, serversMissing } from '../../servers/servers.ts'
import { TestBroker, topicOf } from '../testBroker.ts'
import { command } from './peer.ts'

let at: TestBroker
beforeEach(async () => {
  at = await TestBroker.open()
})
afterEach(() => at.close())

const run = async (program: string, args: string[]): Promise<{ code: number | null; text: string }> => {
  const child = spawn(program, args, { env: { ...serverEnv(), PYTHONPATH: pythonPackages() } })
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  child.stderr.on('data', (chunk) => {
    text += chunk
  })
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { code, text }
}
const credentials = (): string[] => ['-V', '5', '-p', String(at.broker.port), '-i', 'f1', '-u', 'f1']

test('MQTT.js 5: aliases, properties, a command and its answer', async () => {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${at.broker.port}`, {
    protocolVersion: 5,
    clientId: 'f1',
    username: 'f1',
    password: 'secret-f1',
    autoAssignTopicAlias: true,
    autoUseTopicAlias: true,
    properties: { sessionExpiryInterval: 60 },
    clean: false,
  })
  for (const payload of ['a', 'b']) {
    await client.publishAsync(topicOf('f1'), payload, { qos: 1 })
  }
  expect(at.said.map(([, , payload]) => payload)).toEqual(['a', 'b'])
  await expect(client.publishAsync(topicOf('f2'), 'x', { qos: 1 })).rejects.toThrow(/Not authorized/)
  await client.subscribeAsync(topicOf('f1', 'command'), { qos: 1 })
  const heard = new Promise<mqtt.IPublishPacket>((resolve) =>
    client.once('message', (_, __, packet) => resolve(packet)),
  )
  at.commands.queue('f1', command('c1'))
  const { properties } = await heard
  await client.publishAsync(properties?.responseTopic ?? '', '{"result":"done"}', {
    qos: 1,
    properties: { correlationData: properties?.correlationData },
  })
  expect(at.commands.acks).toMatchObject([{ id: 'c1', result: 'done' }])
  await client.endAsync()
})

describe.skipIf(serversMissing())('programs', () => {
  test('mosquitto_pub -V 5 is acknowledged, and told why it is refused', async () => {
    const publish = (topic: string, password = 'secret-f1') =>
      run(serverProgram('mosquitto_pub'), [...credentials(), '-P', password, '-q', '1', '-t', topic, '-m', '{"ts":1}'])
    expect((await publish(topicOf('f1'))).code).toBe(0)
    expect(at.said).toEqual([['telemetry', 'f1', '{"ts":1}']])
    expect((await publish(topicOf('f2'))).text).toContain('Not authorized')
    expect((await publish(topicOf('f1'), 'guess')).code).not.toBe(0)
    expect(at.said).toHaveLength(1)
  })

  test('mosquitto_sub -V 5 hears a command with its properties', async () => {
    at.commands.queue('f1', command('c1'))
    const format = '%R %D %p'
    const args = ['-P', 'secret-f1', '-q', '1', '-t', topicOf('f1', 'command'), '-C', '1', '-W', '20', '-F', format]
    const { code, text } = await run(serverProgram('mosquitto_sub'), [...credentials(), ...args])
    expect(code).toBe(0)
    expect(text).toContain(`${topicOf('f1', 'command/ack')} c1 {"id":"c1"`)
  })

  test('Paho, as Home Assistant uses it, connects with version 5, publishes and hears', async () => {
    at.commands.queue('f1', command('c1'))
    const script = `
import sys, paho.mqtt.client as mqtt
from paho.mqtt.properties import Properties
from paho.mqtt.packettypes import PacketTypes
topic = '${topicOf('f1')}'
make = dict(client_id='f1', protocol=mqtt.MQTTv5)
if hasattr(mqtt, 'CallbackAPIVersion'):
    make['callback_api_version'] = mqtt.CallbackAPIVersion.VERSION2
client = mqtt.Client(**make)
client.username_pw_set('f1', 'secret-f1')
def connected(client, data, flags, reason, *more):
    print('connected', reason, flush=True)
    client.subscribe('${topicOf('f1', 'command')}', 1)
def heard(client, data, message):
    print('heard', message.properties.ResponseTopic, flush=True)
    answer = Properties(PacketTypes.PUBLISH)
    answer.CorrelationData = message.properties.CorrelationData
    client.publish(message.properties.ResponseTopic, '{"result":"done"}', 1, properties=answer)
    client.publish(topic, '{"ts":1}', 1)
def published(client, data, mid, *more):
    data.append(mid)
    if len(data) == 2:
        client.disconnect()
client.user_data_set([])
client.on_connect, client.on_message, client.on_publish = connected, heard, published
client.connect('127.0.0.1', ${at.broker.port}, 30, clean_start=True)
client.loop_forever()
`
    const { code, text } = await run('python3', ['-c', script])
    expect(text).toContain('connected Success')
    expect(text).toContain(`heard ${topicOf('f1', 'command/ack')}`)
    expect(code).toBe(0)
    expect(at.said).toEqual([['telemetry', 'f1', '{"ts":1}']])
    expect(at.commands.acks).toMatchObject([{ id: 'c1', result: 'done' }])
  })
})
