// FIELD H: organisations of one installation see nothing of each other, on SQLite and on PostgreSQL. Every call that answers
// something is asked in each organisation, also by the ids of what the other one has; what is looked for are marks in all
// that people and appliances said, and every id that the product itself made.
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roles, routePermissions } from '../../dashboards/index.ts'
import { connectAppliance, eventually, newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'
import { fetchServers, freePort, type RunningServer, serversMissing, startPostgres } from '../servers/servers.ts'

const PASSWORD = 'correct horse battery'
/** A world is made within it, on a machine that has other things to do. */
const ANSWER_MS = 120_000
/** In everything that is of an organisation; no word of the product has one. */
const marks = { main: 'qqmain', acme: 'qqacme' } as const
type Organisation = keyof typeof marks
const organisations = ['main', 'acme'] as const
const otherOf = (here: Organisation): Organisation => (here === 'main' ? 'acme' : 'main')

interface Answer {
  status: number
  text: string
  headers: Headers
}
interface Things {
  appliance: string
  ticket: string
  secrets: Record<'o' | 't' | 'p' | 'r', string>
  password: string
  /** What may stand for `:id` of a call, by the beginning of its path. */
  ids: Record<string, string>
  key: string
  cookie: string
}

describe.each([
  ['SQLite', undefined],
  ['PostgreSQL', startPostgres],
] as const)('on %s', (_, start) => {
  describe.skipIf(start !== undefined && serversMissing())('organisations', () => {
    let server: RunningServer | undefined
    let dataDir: string
    let program: Program
    const things = {} as Record<Organisation, Things>

    beforeAll(async () => {
      if (start) {
        fetchServers()
        server = await start({ port: await freePort(), dir: await mkdtemp(join(tmpdir(), 'hearthwatch-postgres-')) })
      }
      dataDir = await newDataDir()
      program = await startProgram(dataDir, {
        ADMIN_PASSWORD: PASSWORD,
        ...(server ? { POSTGRES_URL: server.url } : {}),
      })
      for (const [id, name] of [
        ['acme', 'Acme qqacme'],
        // Empty: what it answers is the product's own.
        ['empty', 'Nobody'],
      ])
        expect(await ask('POST', '/api/organisations', { id, name })).toMatchObject({ status: 201 })
      for (const organisation of organisations) things[organisation] = await fill(organisation)
    }, 240_000)
    afterAll(async () => {
      await program?.stop()
      await server?.stop()
      await removeDataDir(dataDir)
    })

    async function ask(
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = { authorization: `Bearer ${program.token}` },
    ): Promise<Answer> {
      const response = await fetch(program.url + path, {
        method,
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_MS),
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: response.status, text: await response.text(), headers: response.headers }
    }
    const as = (organisation: string): Record<string, string> => ({
      authorization: `Bearer ${program.token}`,
      'x-organisation': organisation,
    })
    async function call<T>(organisation: string, method: string, path: string, body?: unknown): Promise<T> {
      const { status, text } = await ask(method, path, body, as(organisation))
      if (status >= 300) throw new Error(`${organisation}: ${method} ${path}: ${status} ${text}`)
      return JSON.parse(text) as T
    }
    async function signedIn(name: string): Promise<string> {
      const { status, headers } = await ask('POST', '/api/session', { name, password: PASSWORD }, {})
      expect(status).toBe(200)
      return headers
        .getSetCookie()
        .map((cookie) => cookie.split(';')[0])
        .join('; ')
    }

    /** One of everything, each with its organisation's mark. */
    async function fill(organisation: Organisation): Promise<Things> {
      const mark = marks[organisation]
      const post = <T>(path: string, body: unknown, method = 'POST') => call<T>(organisation, method, path, body)
      const appliance = `w-${mark}`
      const { mqtt } = await post<{ mqtt: { password: string } }>('/api/appliances', {
        id: appliance,
        kind: 'washer',
        model: `Model ${mark}`,
        homeId: `home-${mark}`,
        location: { lat: 48.2, lon: 16.3 },
        owner: { name: `Ada ${mark}`, contact: `ada@${mark}.example.org`, language: 'en' },
      })
      await post('/api/gateways', { id: `g-${mark}`, appliances: [appliance] })
      await post('/api/engineers', {
        id: `e-${mark}`,
        name: `Engineer ${mark}`,
        location: { lat: 48, lon: 16 },
        grade: 'A',
        skills: ['washer'],
      })
      await post('/api/depots', {
        id: `d-${mark}`,
        type: 'depot',
        location: { lat: 48, lon: 16 },
        stock: [{ part: 'drain-pump', quantity: 3 }],
      })
      await post('/api/accounts', { name: `vera-${mark}`, password: PASSWORD, roles: ['admin'] })
      const cookie = await signedIn(`vera-${mark}`)
      const key = await ask('POST', '/api/session/keys', { name: `k ${mark}`, roles: ['admin'] }, { cookie })
      expect(key.status, key.text).toBe(201)
      const { id: ticket } = await post<{ id: string }>(`/api/appliances/${appliance}/report`, {
        text: `it hums ${mark}`,
        contact: `+43 1 ${mark}`,
      })
      await post(`/api/tickets/${ticket}/assign`, { engineer: `e-${mark}`, why: `near ${mark}` })
      const { id: article } = await post<{ id: string }>('/api/articles', {
        title: { en: `Drain ${mark}`, zh: `排水 ${mark}` },
        cause: { en: `A cause ${mark}`, zh: `原因 ${mark}` },
        steps: [{ en: `Look ${mark}`, zh: `看 ${mark}` }],
        kind: 'washer',
        models: [],
        failureModes: ['drain-clog'],
        readers: 'engineer',
      }).catch(() => ({ id: '' }))
      const alert = await alerted(organisation, appliance, mqtt.password)
      const { link } = await call<{ link: string }>(organisation, 'GET', `/api/appliances/${appliance}/owner-link`)
      const { ownerLink } = await call<{ ownerLink: string }>(organisation, 'GET', `/api/tickets/${ticket}`)
      const t = ownerLink.split('/t/')[1] ?? ''
      const own = await ask('POST', `/api/t/${t}/own-page`, {}, {})
      expect(own.status, own.text).toBe(200)
      const p = (JSON.parse(own.text) as { path: string }).path.split('/p/')[1] ?? ''
      const shared = await ask('POST', `/api/p/${p}/shares`, {}, {})
      const r = (JSON.parse(shared.text) as { path: string }).path.split('/r/')[1] ?? ''
      return {
        appliance,
        ticket,
        password: mqtt.password,
        secrets: { o: link.split('/o/')[1] ?? '', t, p, r },
        ids: {
          '/api/appliances': appliance,
          '/api/tickets': ticket,
          '/api/alerts': alert,
          '/api/engineers': `e-${mark}`,
          '/api/articles': article,
        },
        key: (JSON.parse(key.text) as { key: string }).key,
        cookie,
      }
    }
    /** Says a fault over MQTT, and something that nobody can read. @returns the alert that came of it */
    async function alerted(organisation: Organisation, id: string, password: string): Promise<string> {
      const client = await connectAppliance(program, id, password)
      const say = (rest: string, body: string) =>
        client.publishAsync(`appliances/washer/${id}/${rest}`, body, { qos: 1 })
      const ts = Date.now() - 60_000
      await say('telemetry', JSON.stringify({ ts, metrics: { power: 81.5 }, firmware: `fw-${marks[organisation]}` }))
      await say('telemetry', `{"ts":"${marks[organisation]}`)
      await say('unknown', marks[organisation])
      await say('event', JSON.stringify({ ts: ts + 1, type: 'error', code: 'E18' }))
      await client.endAsync()
      // Stored and decided are two paths from one journal: neither waits for the other.
      await eventually('its reading is stored', async () => {
        const path = `/api/appliances/${id}`
        // Null where there is none yet.
        return Boolean((await call<{ lastReading?: object | null }>(organisation, 'GET', path)).lastReading)
      })
      return eventually('its alert', async () => {
        const { items } = await call<{ items: { id: string; ticket?: string }[] }>(
          organisation,
          'GET',
          `/api/alerts?appliance=${id}`,
        )
        return items.find(({ ticket }) => ticket)?.id
      })
    }

    test('H readings, alert and ticket of an appliance are seen in its organisation alone, whoever asks', async () => {
      for (const here of organisations) {
        const { appliance, cookie, key } = things[here]
        for (const headers of [as(here), { cookie }, { authorization: `Bearer ${key}` }] as Record<string, string>[]) {
          const own = await ask('GET', `/api/appliances/${appliance}`, undefined, headers)
          expect([own.status, JSON.parse(own.text)]).toMatchObject([200, { lastReading: { metrics: { power: 81.5 } } }])
          const foreign = things[otherOf(here)]
          for (const path of [`/api/appliances/${foreign.appliance}`, `/api/tickets/${foreign.ticket}`])
            expect((await ask('GET', path, undefined, headers)).status).toBe(404)
          const list = await ask('GET', '/api/appliances', undefined, headers)
          expect((JSON.parse(list.text) as { items: { id: string }[] }).items.map(({ id }) => id)).toEqual([appliance])
        }
      }
    })

    test('H an id is one organisation’s: a foreign one is taken, and no more is said', async () => {
      const mark = marks.acme
      for (const [path, body] of [
        ['/api/appliances', { id: things.acme.appliance, kind: 'fridge', model: 'M' }],
        [
          '/api/appliances',
          [
            { id: 'w-new', kind: 'fridge', model: 'M' },
            { id: `g-${mark}`, kind: 'fridge', model: 'M' },
          ],
        ],
        ['/api/gateways', { id: things.acme.appliance, appliances: [] }],
        ['/api/gateways', { id: `g-${mark}`, appliances: [] }],
        ['/api/accounts', { name: `vera-${mark}`, roles: ['viewer'] }],
        ['/api/engineers', { id: `e-${mark}`, name: 'E', location: { lat: 1, lon: 1 }, grade: 'A', skills: [] }],
        ['/api/depots', { id: `d-${mark}`, type: 'depot', location: { lat: 1, lon: 1 }, stock: [] }],
      ] as const) {
        const { status, text } = await ask('POST', path, body, as('main'))
        const { code, title } = JSON.parse(text) as { code: string; title: string }
        expect([status, code], text).toEqual([409, 'id-taken'])
        // The same words whatever it is there, and whose.
        expect(title).toMatch(/^The (?:id|name) '[\w-]+' is taken\.$/)
      }
      expect((await ask('GET', '/api/appliances/w-new')).status).toBe(404)
    })

    test('H every call that answers something is asked in each organisation: nothing of the other is in any answer', {
      timeout: 180_000,
    }, async () => {
      const gets = Object.keys(routePermissions).flatMap((route) => (route.startsWith('GET ') ? [route.slice(4)] : []))
      const found: string[] = []
      let asked = 0
      for (const here of organisations) {
        const foreign = otherOf(here)
        for (const route of gets) {
          // The one lives on, and is heard below; the other is the list of who is there, for the first's administrators.
          if (route === '/api/stream' || route === '/api/organisations') continue
          for (const of of [here, foreign]) {
            const path = pathOf(route, things[of])
            if (of === foreign && path === route) continue
            // Links open what they open, whoever bears them.
            if (of === foreign && route.includes(':secret')) continue
            for (const headers of [as(here), { cookie: things[here].cookie }]) {
              const { status, text } = await ask('GET', path, undefined, headers as Record<string, string>)
              asked++
              const said = withoutAsked(text, path)
              if (said.includes(marks[foreign])) found.push(`${here}: GET ${path}: ${around(said, marks[foreign])}`)
              if (status >= 500) found.push(`${here}: GET ${path}: ${status}`)
              if (of === here) remember(here, said)
            }
          }
        }
      }
      for (const route of gets)
        if (route !== '/api/stream' && route !== '/api/organisations')
          remember('empty', (await ask('GET', pathOf(route, things.main), undefined, as('empty'))).text)
      const shared = [...made.main].filter((id) => made.acme.has(id) && !made.empty.has(id))
      console.log(
        `${asked} calls: ${found.length} differences; ${made.main.size} and ${made.acme.size} ids, shared: ${shared.join(' ') || 'none'}`,
      )
      expect(found).toEqual([])
      expect(shared).toEqual([])
      expect(asked).toBeGreaterThan(400)
      // How many there are is chance too: one in fifteen ids has no digit, and is not told from a word.
      expect(Math.min(made.main.size, made.acme.size)).toBeGreaterThan(8)
    })
    /** Ids that the product made, by who was told them. */
    const made = { main: new Set<string>(), acme: new Set<string>(), empty: new Set<string>() }
    function remember(who: keyof typeof made, text: string): void {
      for (const [id] of text.matchAll(/[A-Za-z0-9_-]{16,}/g)) if (/\d/.test(id) && /[a-z]/.test(id)) made[who].add(id)
    }

    test('H who listens to the event stream of an organisation hears of its own alone', async () => {
      const heard: Record<Organisation, string> = { main: '', acme: '' }
      const stop = new AbortController()
      for (const here of organisations) {
        const { body } = await fetch(`${program.url}/api/stream`, { headers: as(here), signal: stop.signal })
        const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
        void (async () => {
          for (;;) {
            const next = await reader?.read().catch(() => undefined)
            if (!next || next.done) return
            heard[here] += next.value
          }
        })()
      }
      for (const here of organisations) {
        const { appliance, password, ticket } = things[here]
        const client = await connectAppliance(program, appliance, password)
        const reading = JSON.stringify({ ts: Date.now(), metrics: { power: 3 } })
        await client.publishAsync(`appliances/washer/${appliance}/telemetry`, reading, { qos: 1 })
        await client.endAsync()
        await call(here, 'POST', `/api/tickets/${ticket}/hold`, { held: true })
        await call(here, 'POST', `/api/alerts/${things[here].ids['/api/alerts']}/acknowledge`, {})
      }
      for (const here of organisations) {
        const { appliance, ids } = things[here]
        await eventually(
          'the stream',
          async () => heard[here].includes(appliance) && heard[here].includes(ids['/api/alerts'] ?? ''),
        )
      }
      stop.abort()
      for (const here of organisations) {
        const { appliance, ticket, ids } = things[otherOf(here)]
        for (const foreign of [appliance, ticket, ids['/api/alerts'] ?? '', marks[otherOf(here)]])
          expect(heard[here]).not.toContain(foreign)
      }
    })

    test('H metrics, ingest and audit count what is one’s own', async () => {
      const before = await call<{ readings: { received: number } }>('empty', 'GET', '/api/ingest')
      expect(before.readings.received).toBe(0)
      for (const here of organisations) {
        const { readings } = await call<{ readings: { received: number } }>(here, 'GET', '/api/ingest')
        expect(readings.received).toBe(3)
        const { text } = await ask('GET', '/metrics', undefined, as(here))
        expect(text).toMatch(/hearthwatch_readings\{outcome="received",reason=""\} 3/)
        const audit = await ask('GET', '/api/audit?limit=1000', undefined, as(here))
        expect(audit.text).toContain(`user:vera-${marks[here]}`)
      }
    })

    test('H no role changes anything of another organisation: each changing call with its ids in path and body', {
      timeout: 300_000,
    }, async () => {
      const there = things.acme
      const { paths } = await call<{ paths: Paths }>('main', 'GET', '/openapi.json')
      for (const role of roles.filter((one) => one !== 'admin'))
        await call('main', 'POST', '/api/accounts', {
          name: `${role}-${marks.main}`,
          password: PASSWORD,
          roles: [role],
          ...(role === 'engineer' ? { engineer: `e-${marks.main}` } : {}),
        })
      const [first, second] = [await seenIn('acme'), await seenIn('acme')]
      const streams = await Promise.all(roles.map((role) => heardBy(role === 'admin' ? 'vera' : role)))
      const statuses: Record<string, number> = {}
      const wrong: string[] = []
      for (const role of roles) {
        const cookie = await signedIn(`${role === 'admin' ? 'vera' : role}-${marks.main}`)
        for (const [route, bodyOf] of changes(paths)) {
          const [method = '', pattern = ''] = route.split(' ')
          const path = pathOf(pattern, there)
          const { status, text } = await ask(method, path, method === 'DELETE' ? undefined : bodyOf(there), { cookie })
          statuses[status] = (statuses[status] ?? 0) + 1
          // Of what is named at will, one of the same name may be made here.
          const isTheirs = Object.entries(there.ids).some(([start, id]) => id && pattern.startsWith(`${start}/:id`))
          if ((isTheirs && status < 300) || status >= 500) wrong.push(`${role}: ${route}: ${status} ${text}`)
          if (
            withoutAsked(text, path)
              .replaceAll(/[a-z]-qqacme/g, '')
              .includes(marks.acme)
          )
            wrong.push(`${role}: ${route}: ${around(text, marks.acme)}`)
        }
      }
      const after = await seenIn('acme')
      // What moves by itself is what two looks in a row tell apart; the journal notes the time now and then, and a share
      // whoever looks by it.
      const byItself = /journalEnd|UpTo$| uses \d+ /
      const changed = [...new Set([...first.keys(), ...after.keys()])].filter(
        (place) =>
          first.get(place) === second.get(place) && first.get(place) !== after.get(place) && !byItself.test(place),
      )
      const asked = Object.values(statuses).reduce((sum, count) => sum + count, 0)
      console.log(
        `${asked} changing calls in ${roles.length} roles: ${JSON.stringify(statuses)}, ${first.size} places looked at, ${changed.length} changed, ${wrong.length} differences`,
      )
      expect(wrong).toEqual([])
      expect(changed.map((place) => `${place}: ${first.get(place)} → ${after.get(place)}`)).toEqual([])
      expect(asked).toBeGreaterThan(1_200)
      // Bodies are such as calls take: many go through in one's own.
      expect((statuses[200] ?? 0) + (statuses[201] ?? 0)).toBeGreaterThan(20)
      // Each heard its own organisation, and none of the other.
      for (const { role, text, stop } of streams) {
        stop()
        expect(text(), role).not.toContain(marks.acme)
        for (const id of Object.values(there.ids)) if (id) expect(text(), role).not.toContain(id)
      }
    })
    /** All that is answered in an organisation, by call and place within the answer. */
    async function seenIn(here: Organisation): Promise<Map<string, string>> {
      const seen = new Map<string, string>()
      for (const route of Object.keys(routePermissions)) {
        // What goes by the clock, what is of the process, and what is logged of these very looks.
        if (!route.startsWith('GET ') || /stream|organisations|metrics|health|audit|openapi|doctor/.test(route))
          continue
        const { status, text } = await ask('GET', pathOf(route.slice(4), things[here]), undefined, as(here))
        seen.set(route, String(status))
        try {
          leaves(route, JSON.parse(text), seen)
        } catch {
          seen.set(`${route} text`, text)
        }
      }
      return seen
    }
    async function heardBy(name: string): Promise<{ role: string; text: () => string; stop: () => void }> {
      const cookie = await signedIn(`${name}-${marks.main}`)
      const ends = new AbortController()
      let heard = ''
      const { body } = await fetch(`${program.url}/api/stream`, { headers: { cookie }, signal: ends.signal })
      const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
      void (async () => {
        for (;;) {
          const next = await reader?.read().catch(() => undefined)
          if (!next || next.done) return
          heard += next.value
        }
      })()
      return { role: name, text: () => heard, stop: () => ends.abort() }
    }

    test('H who is of several goes from one to the other, and no administrator of one changes how they sign in', async () => {
      const mine = (cookie: string) => ask('GET', '/api/session', undefined, { cookie })
      const { cookie } = things.main
      const session = async (by: string) =>
        JSON.parse((await mine(by)).text) as {
          account: { id: string; name: string; roles: string[] }
          organisation: string
          organisations: { id: string }[]
        }
      const before = await session(cookie)
      expect([before.organisation, before.organisations]).toEqual(['main', [{ id: 'main', name: 'Hearthwatch' }]])
      const invited = await call<{ link: string }>('acme', 'POST', '/api/accounts/invitations', { roles: ['viewer'] })
      const key = invited.link.split('#join.')[1]
      const joined = await ask('POST', '/api/session/join', { key }, { cookie })
      expect([joined.status, joined.text]).toEqual([200, '{"organisation":"acme"}'])
      expect((await ask('POST', '/api/session/join', { key }, { cookie })).status).toBe(404)
      const there = `${cookie}; ${joined.headers.getSetCookie()[0]?.split(';')[0]}`
      expect(await session(there)).toMatchObject({
        account: { name: `vera-${marks.main}`, roles: ['viewer'] },
        organisation: 'acme',
        organisations: [{ id: 'main' }, { id: 'acme' }],
      })
      // There a viewer, and of what is there alone; here as before.
      expect((await ask('GET', `/api/appliances/${things.acme.appliance}`, undefined, { cookie: there })).status).toBe(
        200,
      )
      expect((await ask('GET', `/api/appliances/${things.main.appliance}`, undefined, { cookie: there })).status).toBe(
        404,
      )
      expect((await ask('POST', '/api/policy/what-if', {}, { cookie: there })).status).toBe(403)
      const back = await ask('POST', '/api/session/organisation', { organisation: 'main' }, { cookie: there })
      expect(back.headers.getSetCookie()[0]).toMatch(/^hearthwatch-organisation=main;/)
      expect((await session(cookie)).account.roles).toEqual(['admin'])
      expect((await ask('POST', '/api/session/organisation', { organisation: 'empty' }, { cookie })).status).toBe(404)
      // Neither of both administrators opens the other's door by theirs.
      const { id } = before.account
      for (const here of organisations)
        for (const [method, path, body] of [
          ['POST', `/api/accounts/${id}/link`, {}],
          ['PATCH', `/api/accounts/${id}`, { password: 'another long password' }],
          ['PATCH', `/api/accounts/${id}`, { disabled: true }],
          ['DELETE', `/api/accounts/${id}/second-factor`, undefined],
          ['GET', `/api/accounts/${id}/sessions`, undefined],
        ] as const) {
          const { status, text } = await ask(method, path, body, as(here))
          expect([method, path, status, text]).toEqual([
            method,
            path,
            409,
            expect.stringContaining('account-elsewhere'),
          ])
        }
      // Who is of one alone is nobody in the other.
      const other = await session(things.acme.cookie)
      expect((await ask('PATCH', `/api/accounts/${other.account.id}`, { roles: ['viewer'] }, as('main'))).status).toBe(
        404,
      )
      expect((await ask('DELETE', `/api/accounts/${id}`, undefined, as('acme'))).status).toBe(200)
      const again = await signedIn(`vera-${marks.main}`)
      expect((await session(again)).organisations).toHaveLength(1)
      things.main.cookie = again
    })

    test('H over MQTT nobody reads or writes what is another organisation’s', async () => {
      const count = Number(process.env.FUZZED_TOPICS ?? 200)
      const { appliance, password } = things.main
      const target = things.acme.appliance
      const before = await ask('GET', '/api/ingest', undefined, as('acme'))
      let foreign = 0
      for (let i = 0; i < count; i++) {
        const client = await connectAppliance(program, appliance, password)
        client.on('error', () => undefined)
        client.on('message', () => foreign++)
        const topic = fuzzedTopic(target, i)
        const done = new Promise<void>((resolve) => client.once('close', () => resolve()))
        const granted = await Promise.race([
          client.subscribeAsync(topic, { qos: 1 }).catch(() => []),
          done.then(() => []),
        ])
        if (granted.some(({ qos }) => qos < 128) && !topic.startsWith(`appliances/washer/${appliance}/`)) foreign++
        if (!/[+#]/.test(topic)) {
          const reading = JSON.stringify({ ts: Date.now(), metrics: { power: 666 } })
          await Promise.race([client.publishAsync(topic, reading, { qos: 1 }).catch(() => undefined), done])
        }
        await client.endAsync(true)
      }
      // Their ids with the secret of another, too.
      for (const id of [target, `g-${marks.acme}`])
        await expect(connectAppliance(program, id, password)).rejects.toThrow()
      const after = await ask('GET', '/api/ingest', undefined, as('acme'))
      const received = ({ text }: Answer) => (JSON.parse(text) as { readings: { received: number } }).readings.received
      console.log(
        `${count} fuzzed topics: ${foreign} foreign reads, ${received(after) - received(before)} foreign writes`,
      )
      expect([foreign, received(after) - received(before)]).toEqual([0, 0])
    }, 600_000)

    test('H all of it is there after a kill, and who is closed lets nobody in and keeps its ids', {
      timeout: 120_000,
    }, async () => {
      const { appliance, password, cookie } = things.acme
      await program.kill()
      program = await startProgram(dataDir, {
        ADMIN_PASSWORD: PASSWORD,
        ...(server ? { POSTGRES_URL: server.url } : {}),
      })
      const client = await connectAppliance(program, appliance, password)
      await client.endAsync()
      expect((await ask('GET', `/api/appliances/${appliance}`, undefined, { cookie })).status).toBe(200)
      await program.call('PATCH', '/api/organisations/acme', { name: 'Acme again' })
      await program.call('PATCH', '/api/organisations/acme', { closed: true })
      await expect(connectAppliance(program, appliance, password)).rejects.toThrow()
      expect((await ask('GET', '/api/appliances', undefined, { cookie })).status).toBe(401)
      expect((await ask('GET', '/api/appliances', undefined, as('acme'))).status).toBe(404)
      const again = { id: appliance, kind: 'washer', model: 'M' }
      expect((await ask('POST', '/api/appliances', again)).status).toBe(409)
      await program.stop()
      program = await startProgram(dataDir, { ...(server ? { POSTGRES_URL: server.url } : {}) })
      expect((await ask('POST', '/api/appliances', again)).status).toBe(409)
      await program.call('PATCH', '/api/organisations/acme', { closed: false })
      expect((await ask('GET', `/api/appliances/${appliance}`, undefined, { cookie })).status).toBe(200)
      const { items } = await program.call<{ items: object[] }>('GET', '/api/organisations')
      expect(items).toMatchObject([{ id: 'main' }, { id: 'acme', name: 'Acme again' }, { id: 'empty' }])
    })
  })
})

/** By the ids of these; what a call needs besides is asked as its pages ask it. */
function pathOf(route: string, { ids, secrets, appliance }: Things): string {
  const kind = /^\/api\/([otpr])\//.exec(route)?.[1] as keyof Things['secrets'] | undefined
  const id = Object.entries(ids).find(([start]) => route.startsWith(`${start}/:id`))?.[1]
  const path = route
    .replace(':secret', kind ? secrets[kind] : 'none')
    .replace(':id', id || appliance)
    .replace(/:\w+/g, 'none')
  return `${path}${queries[route] ?? ''}`
    .replaceAll('APPLIANCE', appliance)
    .replaceAll('TICKET', ids['/api/tickets'] ?? '')
}
const queries: Record<string, string> = {
  '/api/search': '?q=qq',
  '/api/service-file': '?code=APPLIANCE',
  '/api/day': '?at=0',
  '/api/inbox': '?of=owners&limit=1000',
  '/api/appliances/:id/telemetry': '?from=1500000000000&to=4000000000000&points=100',
  '/api/calls/route': '?appliance=APPLIANCE',
  '/api/audit/export': '?format=csv',
}

interface Schema {
  type?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  oneOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  minimum?: number
  pattern?: string
}
type Paths = Record<string, Record<string, { requestBody?: { content?: Record<string, { schema?: Schema }> } }>>

/** Each call that changes something, and a body by its own description, with somebody's ids in it. */
function changes(paths: Paths): [string, (things: Things) => unknown][] {
  return Object.keys(routePermissions).flatMap((route): [string, (things: Things) => unknown][] => {
    const [method = '', path = ''] = route.split(' ')
    // One's own session; the list of organisations, which is the first's administrators' to keep; a file of minutes; links.
    if (method === 'GET' || /\/session|\/organisations|\/backup|:secret/.test(path)) return []
    const { requestBody } = paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()] ?? {}
    const schema = Object.values(requestBody?.content ?? {})[0]?.schema
    return [[route, (things) => (schema ? bodyBy(schema, '', things) : {})]]
  })
}
function bodyBy(schema: Schema, name: string, things: Things): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const choice = (schema.anyOf ?? schema.oneOf)?.[0]
  if (choice) return bodyBy(choice, name, things)
  if (schema.type === 'object')
    return Object.fromEntries(
      Object.entries(schema.properties ?? {})
        .filter(([key]) => schema.required?.includes(key) || idsIn(things)[key] !== undefined)
        .map(([key, inner]) => [key, bodyBy(inner, key, things)]),
    )
  if (schema.type === 'array') return schema.items ? [bodyBy(schema.items, name, things)] : []
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(1, schema.minimum ?? 1)
  if (schema.type === 'boolean') return true
  return idsIn(things)[name] ?? 'washer'
}
const idsIn = ({ appliance, ids }: Things): Record<string, string> => {
  const mark = appliance.slice(2)
  return {
    id: appliance,
    appliance,
    appliances: appliance,
    applianceId: appliance,
    homeId: `home-${mark}`,
    ticket: ids['/api/tickets'] ?? '',
    tickets: ids['/api/tickets'] ?? '',
    alert: ids['/api/alerts'] ?? '',
    engineer: `e-${mark}`,
    engineers: `e-${mark}`,
    depot: `d-${mark}`,
    from: `d-${mark}`,
    to: `d-${mark}`,
    gateway: `g-${mark}`,
    article: ids['/api/articles'] ?? '',
  }
}
/** Each value of an answer, by where it stands. */
function leaves(at: string, value: unknown, into: Map<string, string>): void {
  if (typeof value !== 'object' || value === null) into.set(at, JSON.stringify(value))
  else for (const [key, inner] of Object.entries(value)) leaves(`${at} ${key}`, inner, into)
}

/** What was asked for is in a refusal. */
const withoutAsked = (text: string, path: string): string =>
  path
    .split(/[/?=&]/)
    .filter((part) => part.includes('qq'))
    .reduce((rest, part) => rest.replaceAll(decodeURIComponent(part), ''), text)
const around = (text: string, word: string): string => {
  const at = text.indexOf(word)
  return text.slice(Math.max(0, at - 60), at + 60)
}

/** Topics and filters by which somebody would try, the same at each run. */
function fuzzedTopic(id: string, i: number): string {
  const kinds = ['washer', 'fridge', '+', '', 'WASHER', '#']
  const rests = ['telemetry', 'event', 'status', 'command', 'command/ack', '#', '+', '']
  const ids = [
    id,
    `${id}/`,
    `./${id}`,
    `w-qqmain/../${id}`,
    `${id}\u200b`,
    id.toUpperCase(),
    '+',
    encodeURIComponent(`/${id}`),
  ]
  const heads = [
    'appliances',
    'Appliances',
    '/appliances',
    'appliances/',
    '$share/g/appliances',
    '+',
    '$SYS',
    'acme/appliances',
  ]
  const [kind, rest, what, head] = [kinds, rests, ids, heads].map((all, n) => all[Math.floor(i / 7 ** n) % all.length])
  return i % 5 === 0 ? `appliances/washer/${id}/${rest}` : `${head}/${kind}/${what}/${rest}`
}
