// FIELD C: sessions and commands outlive the program, and end at their expiry.
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

interface Command {
  id: string
  state: string
  result?: string
  expires: number
}
describe.each([4, 5] as const)('protocol version %i', (protocolVersion) => {
  let dataDir: string
  let program: Program
  const clients: MqttClient[] = []
  beforeAll(async () => {
    dataDir = await newDataDir()
    program = await startProgram(dataDir)
  }, 120_000)
  afterAll(async () => {
    for (const client of clients) client.end(true)
    await program.stop()
    await removeDataDir(dataDir)
  })

  const passwords = new Map<string, string>()
  async function register(id: string): Promise<void> {
    const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
      id,
      kind: 'fridge',
      model: 'Polar 300',
    })
    passwords.set(id, mqtt.password)
  }
  /** An appliance with a kept session that subscribes once in its life; the commands that come, as they come. */
  async function come(id: string): Promise<{ client: MqttClient; heard: Command[]; sessionPresent: boolean }> {
    const heard: Command[] = []
    const client = mqtt.connect(program.mqttUrl, {
      clientId: id,
      username: id,
      password: passwords.get(id) ?? '',
      clean: false,
      protocolVersion,
      ...(protocolVersion === 5 ? { properties: { sessionExpiryInterval: 3_600 } } : {}),
      reconnectPeriod: 0,
      resubscribe: false,
    })
    clients.push(client)
    client.on('message', (_, payload) => heard.push(JSON.parse(payload.toString()) as Command))
    const { sessionPresent } = await new Promise<{ sessionPresent: boolean }>((resolve, reject) => {
      client.once('connect', resolve)
      client.once('error', reject)
    })
    return { client, heard, sessionPresent }
  }
  const send = (id: string, type: string, expiresInSeconds: number): Promise<Command> =>
    program.call('POST', `/api/appliances/${id}/commands`, { type, expiresInSeconds })
  const stateOf = async (id: string): Promise<string> =>
    (await program.call<Command>('GET', `/api/commands/${id}`)).state
  const becomes = (id: string, state: string): Promise<boolean> =>
    eventually(`${id} ${state}`, async () => (await stateOf(id)) === state, 20_000)
  const answer = (client: MqttClient, id: string, command: string, result: string) =>
    client.publishAsync(`appliances/fridge/${id}/command/ack`, JSON.stringify({ id: command, result }), { qos: 1 })

  test('C4 a queued command is delivered to the session that returns after kill -9, once, and its record tells', async () => {
    await register('f1')
    const first = await come('f1')
    await first.client.subscribeAsync('appliances/fridge/f1/#', { qos: 1 })
    await first.client.endAsync()
    const one = await send('f1', 'restart', 3_600)
    const two = await send('f1', 'defrost', 3_600)
    expect(one.state).toBe('queued')
    await program.kill()
    program = await startProgram(dataDir)
    const second = await come('f1')
    expect(second.sessionPresent).toBe(true)
    await becomes(one.id, 'delivered')
    await becomes(two.id, 'delivered')
    expect(second.heard.map(({ id }) => id)).toEqual([one.id, two.id])
    await answer(second.client, 'f1', one.id, 'done')
    await answer(second.client, 'f1', two.id, 'refused')
    expect([await stateOf(one.id), await stateOf(two.id)]).toEqual(['done', 'refused'])
    await second.client.endAsync()
    await program.kill()
    program = await startProgram(dataDir)
    const third = await come('f1')
    const last = await send('f1', 'identify', 3_600)
    await becomes(last.id, 'delivered')
    // What was delivered before does not come again.
    expect(third.heard.map(({ id }) => id)).toEqual([last.id])
    const { items } = await program.call<{ items: Command[] }>('GET', '/api/appliances/f1/commands')
    expect(items.map(({ id, state }) => [id, state])).toEqual([
      [last.id, 'delivered'],
      [two.id, 'refused'],
      [one.id, 'done'],
    ])
  }, 120_000)

  test('C5 an expired command never arrives, also over a restart; what comes afterwards does', async () => {
    await register('f2')
    const first = await come('f2')
    await first.client.subscribeAsync('appliances/fridge/f2/command', { qos: 1 })
    await first.client.endAsync()
    const short = await send('f2', 'restart', 1)
    const shorter = await send('f2', 'restart', 2)
    await becomes(short.id, 'expired')
    await program.kill()
    program = await startProgram(dataDir)
    await becomes(shorter.id, 'expired')
    const second = await come('f2')
    const fresh = await send('f2', 'identify', 60)
    await becomes(fresh.id, 'delivered')
    expect(second.heard.map(({ id }) => id)).toEqual([fresh.id])
  }, 120_000)

  test('C5 an answer that comes after the expiry is late, and is written on the ticket', async () => {
    await register('f3')
    const ticket = await program.call<{ id: string }>('POST', '/api/appliances/f3/report', { text: 'it hums' })
    await program.call('POST', `/api/tickets/${ticket.id}/accept`, {})
    const session = await come('f3')
    await session.client.subscribeAsync('appliances/fridge/f3/command', { qos: 1 })
    const sent = await program.call<{ command: Command }>('POST', `/api/tickets/${ticket.id}/remote`, {
      type: 'restart',
      expiresInSeconds: 1,
    })
    await eventually('it arrives', async () => session.heard.length === 1)
    await becomes(sent.command.id, 'expired')
    await answer(session.client, 'f3', sent.command.id, 'done')
    await answer(session.client, 'f3', sent.command.id, 'failed')
    const record = await program.call<Command>('GET', `/api/commands/${sent.command.id}`)
    expect(record).toMatchObject({ state: 'late', result: 'done' })
    const { history } = await program.call<{ history: { by: string; why: string }[] }>(
      'GET',
      `/api/tickets/${ticket.id}`,
    )
    const late = history.filter(({ by, why }) => by === 'appliance' && why.includes('expired'))
    expect(late.map(({ why }) => why)).toEqual(['restart done after the command had expired'])
  }, 60_000)

  test('C nobody answers another appliance’s command', async () => {
    await register('f4')
    await register('f5')
    const sent = await send('f4', 'identify', 60)
    const other = await come('f5')
    await answer(other.client, 'f5', sent.id, 'done')
    expect(await stateOf(sent.id)).toBe('queued')
  }, 30_000)
})
