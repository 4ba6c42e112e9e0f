// S11: what is known of an owner, from outside: exported whole, found in no file in the clear, and erased everywhere.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from '../program.ts'
import { fetchServers, serversMissing, startPostgres, startRedis } from '../servers/servers.ts'

const NAME = 'Adalbertine Quirrenbach'
const MAIL = 'adalbertine.q@example.org'
const PHONE = '+49-170-55512345'
const SAID = 'the zephyrvalve sings at midnight'
const TOLD = 'my neighbour Wolframius hears it through the wall'
const PHOTO = Buffer.from(`a photograph of her kitchen, ${'tiles '.repeat(40)}`).toString('base64')
const theirs = { NAME, MAIL, PHONE, SAID, TOLD, PHOTO }

/** What the program is run with, and the folders in which its servers keep what they have. */
interface Servers {
  env: Record<string, string>
  folders: string[]
  stop(): Promise<void>
}

function privacy(start: () => Promise<Servers>): void {
  let dataDir: string
  let program: Program
  let servers: Servers
  let ticket: { id: string; number: string; ownerLink: string }
  let ownPage: string
  beforeAll(async () => {
    dataDir = await newDataDir()
    servers = await start()
    program = await startProgram(dataDir, servers.env)
  }, 120_000)
  afterAll(async () => {
    await program.stop()
    await removeDataDir(dataDir)
    await servers.stop()
  })

  const ask = async (method: string, path: string, body?: unknown, token = program.token) => {
    const answer = await fetch(program.url + path, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return {
      status: answer.status,
      text,
      body: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, never>,
    }
  }
  /** Files below DATA_DIR, and of the servers, in which a string of theirs stands, as it is, in UTF-16 or in base64. */
  async function found(): Promise<string[]> {
    const all = await Promise.all(
      [dataDir, ...servers.folders].map((folder) => readdir(folder, { recursive: true, withFileTypes: true })),
    )
    const files = all.flat().filter((entry) => entry.isFile())
    const places = new Set<string>()
    for (const file of files) {
      const path = join(file.parentPath, file.name)
      const bytes = await readFile(path).catch(() => Buffer.alloc(0))
      for (const [what, text] of Object.entries(theirs))
        for (const form of [
          Buffer.from(text),
          Buffer.from(text, 'utf16le'),
          Buffer.from(Buffer.from(text).toString('base64').slice(0, -4)),
        ])
          if (bytes.includes(form)) places.add(`${path.replace(`${dataDir}/`, '')}: ${what}`)
    }
    expect(files.length).toBeGreaterThan(10)
    return [...places]
  }

  test('S11 an owner is known by name, contact, words and a photo; the export has all of it, and no file but the mails', async () => {
    const owner = { name: NAME, contact: MAIL, language: 'en' }
    const made = await program.call<{ id: string; mqtt: { password: string } }[]>('POST', '/api/appliances', [
      {
        id: 'her-fridge',
        kind: 'fridge',
        model: 'M',
        owner,
        homeId: 'home-1',
        location: { lat: 48.123456, lon: 11.654321 },
      },
      { id: 'her-washer', kind: 'washer', model: 'W', owner },
      { id: 'his-fridge', kind: 'fridge', model: 'M', owner: { name: 'Bertold', contact: 'b@example.org' } },
    ])
    const client = await connectAppliance(program, 'her-fridge', made[0]?.mqtt.password ?? '')
    // Over two midnights: no day's readings may be missing.
    const T0 = Date.now() - 40 * 3_600_000
    for (let i = 0; i < 30; i++)
      await client.publishAsync(
        'appliances/fridge/her-fridge/telemetry',
        JSON.stringify({ ts: T0 + i * 4_600_000, metrics: { cabinetTemp: 4.25, power: 81 } }),
        { qos: 1 },
      )
    await client.endAsync()
    await quiet(program)
    ticket = await program.call('POST', '/api/appliances/her-fridge/report', { text: SAID })
    await program.call('POST', '/api/appliances/her-fridge/intake', { text: TOLD, contact: PHONE })
    await program.call('POST', `/api/tickets/${ticket.id}/photos`, { type: 'image/jpeg', base64: PHOTO })
    await eventually('her mail', async () =>
      (await readFile(join(dataDir, 'live', 'outbox.mbox'), 'utf8').catch(() => '')).includes(MAIL),
    )
    const seen = await program.call<{ owner: object; history: unknown[] }>('GET', `/api/tickets/${ticket.id}`)
    expect(JSON.stringify(seen)).toContain(NAME)
    expect(JSON.stringify(seen)).toContain(SAID)

    const json = await ask('GET', '/api/appliances/her-washer/personal-data')
    const data = JSON.parse(json.text) as {
      person: object
      appliances: {
        registration: { id: string }
        kind: { metrics: object }
        readings: { ts: number[]; values: Record<string, number[]> }[]
      }[]
    }
    for (const [what, text] of Object.entries({ NAME, MAIL, PHONE, SAID, TOLD }))
      expect(json.text, what).toContain(text)
    expect(data.appliances.map(({ registration }) => registration.id).toSorted()).toEqual(['her-fridge', 'her-washer'])
    const fridge = data.appliances.find(({ registration }) => registration.id === 'her-fridge')
    expect(fridge?.readings.flatMap(({ ts }) => ts)).toHaveLength(30)
    expect(fridge?.readings[0]?.values.cabinetTemp?.[0]).toBe(4.25)
    expect(fridge?.kind.metrics).toMatchObject({ cabinetTemp: { unit: 'Cel' } })
    const csv = (await ask('GET', '/api/appliances/her-fridge/personal-data?format=csv')).text.trim().split('\r\n')
    expect(csv).toHaveLength(31)
    expect(csv[0]).toContain('cabinetTemp (Cel)')

    expect([...new Set((await found()).map((place) => place.split(':')[0]))]).toEqual(['live/outbox.mbox'])
  })

  test('S11 the page of data and rights opens for the owner alone: from their ticket’s page, and by mail', async () => {
    const secret = ticket.ownerLink.split('/t/')[1]
    const { path } = (await ask('POST', `/api/t/${secret}/own-page`, {}, '')).body as unknown as { path: string }
    expect(path).toMatch(/^\/p\/her-fridge\./)
    ownPage = `/api${path}`
    expect((await ask('GET', ownPage, undefined, '')).body).toMatchObject({ owner: { name: NAME } })
    expect((await ask('GET', `${ownPage}x`, undefined, '')).status).toBe(404)
    // The sticker's own secret does not open it, and who stands before the appliance is told nothing.
    const { link } = await program.call<{ link: string }>('GET', '/api/appliances/her-fridge/owner-link')
    const sticker = link.split('/o/')[1]
    expect((await ask('GET', `/api/p/${sticker}`, undefined, '')).status).toBe(404)
    expect((await ask('POST', `/api/o/${sticker}/own-page`, {}, '')).text).toBe('{"ok":true}')
    await eventually('the link by mail', async () =>
      (await readFile(join(dataDir, 'live', 'outbox.mbox'), 'utf8')).includes(path),
    )
  })

  test('S11 consent is given for each purpose by itself, with its history; without messages nothing is sent', async () => {
    const now = (await ask('GET', ownPage, undefined, '')).body.consents as unknown as {
      purpose: string
      given: boolean
    }[]
    expect(now.filter(({ given }) => given).map(({ purpose }) => purpose)).toEqual(['service-messages'])
    const say = (purpose: string, given: boolean) => ask('POST', `${ownPage}/consents`, { purpose, given }, '')
    await say('offers', true)
    await say('offers', false)
    await say('service-messages', false)
    const { history } = await program.call<{ history: { purpose: string; given: boolean; by: string; at: number }[] }>(
      'GET',
      '/api/appliances/her-washer/consents',
    )
    expect(history.map(({ purpose, given, by }) => [purpose, given, by])).toEqual([
      ['offers', true, 'owner'],
      ['offers', false, 'owner'],
      ['service-messages', false, 'owner'],
    ])
    const mails = async () => (await readFile(join(dataDir, 'live', 'outbox.mbox'), 'utf8')).split('\nFrom ').length
    const before = await mails()
    await program.call('POST', '/api/appliances/her-washer/report', { text: 'it shakes' })
    await program.call('POST', '/api/appliances/his-fridge/report', { text: 'it hums' })
    await eventually('his mail, and not hers', async () => (await mails()) === before + 1)
  })

  test('S11 one appliance is shared by a link, for what was agreed; each look is written down, and ended it opens nothing', async () => {
    const made = (await ask('POST', `${ownPage}/shares`, { scope: 'signals', days: 1 }, '')).body as unknown as {
      id: string
      path: string
    }
    const api = `/api${made.path}`
    const shared = await ask('GET', api, undefined, '')
    expect(shared.body).toMatchObject({ id: 'her-fridge', scope: 'signals', alerts: [], repairs: [] })
    expect(shared.text).not.toContain(NAME)
    const signals = (await ask('GET', `${api}/telemetry`, undefined, '')).body as unknown as { ts: number[] }
    expect(signals.ts).toHaveLength(30)
    const more = (await ask('POST', `${ownPage}/shares`, { scope: 'signals-and-repairs', days: 1 }, ''))
      .body as unknown as { path: string }
    expect((await ask('GET', `/api${more.path}`, undefined, '')).body).toMatchObject({
      repairs: [{ number: ticket.number }],
    })
    const { shares } = (await ask('GET', ownPage, undefined, '')).body as unknown as {
      shares: { id: string; uses: { what: string }[] }[]
    }
    expect(shares.find(({ id }) => id === made.id)?.uses.map(({ what }) => what)).toEqual(['telemetry', 'page'])
    const from = performance.now()
    expect((await ask('DELETE', `${ownPage}/shares/${made.id}`, undefined, '')).status).toBe(200)
    expect(await ask('GET', api, undefined, '')).toMatchObject({ status: 410, body: { code: 'share-ended' } })
    expect(performance.now() - from).toBeLessThan(1_000)
  })

  test('H who gets an appliance gets nothing of whom its former owner shared it with, and shares it with nobody', async () => {
    const sold = { id: 'sold-fridge', kind: 'fridge', model: 'M' }
    await program.call('POST', '/api/appliances', { ...sold, owner: { name: 'Cay', contact: 'cay@example.org' } })
    const pageOf = async () =>
      `/api${new URL((await program.call<{ link: string }>('GET', '/api/appliances/sold-fridge/own-page')).link).pathname}`
    const before = await pageOf()
    const { path } = (await ask('POST', `${before}/shares`, { scope: 'signals-and-repairs', days: 30 }, ''))
      .body as unknown as { path: string }
    expect((await ask('GET', `/api${path}`, undefined, '')).status).toBe(200)
    await program.call('POST', '/api/appliances/sold-fridge/transfer', {
      owner: { name: 'Dee', contact: 'dee@example.org' },
    })
    expect((await ask('GET', `/api${path}`, undefined, '')).status).toBe(404)
    expect((await ask('GET', await pageOf(), undefined, '')).body).toMatchObject({ owner: { name: 'Dee' }, shares: [] })
    expect(await program.call('GET', '/api/appliances/sold-fridge/shares')).toEqual({ items: [] })
  })

  test('S11 erased, no file below DATA_DIR or of a server has any of their strings; the report says what stays, and the old link says so', async () => {
    const isOurs = servers.folders.length === 0
    if (isOurs) await program.call('POST', '/api/backup', {})
    // A server has backups of its own.
    await eventually(
      'a backup',
      async () => !isOurs || (await program.call<{ state: string }>('GET', '/api/backup')).state === 'done',
    )
    expect((await ask('POST', '/api/appliances/her-fridge/erase', { confirm: 'her-washer' })).status).toBe(422)
    const report = (await ask('POST', `${ownPage}/erase`, { confirm: true }, '')).body as unknown as {
      appliances: string[]
      erased: { what: string; count: number }[]
      stays: { what: string; why: string }[]
    }
    expect(report.appliances.toSorted()).toEqual(['her-fridge', 'her-washer'])
    const erased = new Map(report.erased.map(({ what, count }) => [what, count]))
    expect([erased.get('owner'), erased.get('photos'), erased.get('key'), erased.get('keys-in-backups')]).toEqual([
      2,
      1,
      1,
      isOurs ? 1 : undefined,
    ])
    expect(erased.get('mails')).toBeGreaterThan(0)
    expect(report.stays.map(({ what }) => what)).toEqual(['work-records', 'consent-proofs', 'audit', 'readings'])
    expect(await found()).toEqual([])
    const everything = [
      ...['her-fridge', 'her-washer'].map((id) => `/api/appliances/${id}`),
      `/api/tickets/${ticket.id}`,
      '/api/inbox?limit=1000',
      '/api/inbox?of=owners&limit=1000',
      '/api/tasks',
      '/api/erasures',
      '/api/audit?limit=1000',
      '/api/jobs',
    ]
    for (const path of everything) {
      const { text, status } = await ask('GET', path)
      expect(status, path).toBe(200)
      for (const [what, theirText] of Object.entries(theirs))
        expect(text.includes(theirText), `${path} ${what}`).toBe(false)
    }
    // What was found and done stays.
    expect((await ask('GET', `/api/tickets/${ticket.id}`)).body).toMatchObject({ number: ticket.number })
    for (const path of [ownPage, `/api/t/${ticket.ownerLink.split('/t/')[1]}`]) {
      const told = await ask('GET', path, undefined, '')
      expect(told).toMatchObject({ status: 410, body: { code: 'erased' } })
    }
    // Somebody else's is as it was.
    expect((await ask('GET', '/api/appliances/his-fridge')).body).toMatchObject({ owner: { name: 'Bertold' } })
  })

  test('S11 after a restart nothing comes back, and who registers again is known anew', async () => {
    await program.kill()
    program = await startProgram(dataDir, servers.env)
    expect(await found()).toEqual([])
    expect((await ask('GET', '/api/appliances/her-fridge')).body.owner).toBeUndefined()
    await program.call('POST', '/api/appliances', {
      id: 'her-fridge',
      kind: 'fridge',
      model: 'M',
      owner: { name: NAME, contact: MAIL },
    })
    expect((await ask('GET', '/api/appliances/her-fridge')).body).toMatchObject({ owner: { name: NAME } })
    expect(await found()).toEqual([])
  })
}

describe('S11 privacy, on what comes with it', () =>
  privacy(async () => ({ env: {}, folders: [], stop: async () => undefined })))
describe.skipIf(serversMissing())('S11 privacy, on PostgreSQL and Redis', () =>
  privacy(async () => {
    fetchServers()
    const [a, b] = [await newDataDir(), await newDataDir()]
    const [postgres, redis] = await Promise.all([startPostgres({ dir: a }), startRedis({ dir: b })])
    return {
      env: { POSTGRES_URL: postgres.url, REDIS_URL: redis.url },
      folders: [a, b],
      async stop() {
        await postgres.stop()
        await redis.stop()
      },
    }
  }),
)
