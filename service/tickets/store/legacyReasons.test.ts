import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Reason } from '../../../core/index.ts'
import { openPassingSqlite, outboxMigrations } from '../../../database/index.ts'
import { serviceMigrations } from '../../index.ts'
import { legacyReason, reasonMigrations } from './legacyReasons.ts'
import { withReasons } from './withReasons.ts'

test('what the product alone wrote gets its code; what a person may have written stays as it is', () => {
  expect(legacyReason('alert al-1: bearing-wear', 'hearthwatch')).toEqual({
    code: 'alert-opened',
    params: { alert: 'al-1', mode: 'bearing-wear' },
  })
  expect(legacyReason('nobody called back in time', 'hearthwatch')).toEqual({ code: 'no-call-back' })
  expect(legacyReason('its own signal is not back in its band', 'appliance').code).toBe('signal-not-back')
  for (const [why, by] of [
    ['agreed', 'owner'],
    ['nobody called back in time', 'user:dora'],
    ['best of 3: 2.1 km away', 'hearthwatch'],
  ] as const) {
    expect(legacyReason(why, by)).toEqual({ code: 'legacy-text', params: { text: why } })
  }
})

test('a world from before reasons had codes is read as it was', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hearthwatch-reasons-'))
  const database = await openPassingSqlite(join(dir, 'desk.db'), [...outboxMigrations, ...serviceMigrations])
  try {
    await database.transaction(async (tx) => {
      for (const [by, why] of [
        ['hearthwatch', 'the owner is asked to agree'],
        ['owner', 'agreed'],
      ] as const) {
        await tx.insertInto('ticketEvent').values({ ticket: 't', at: 1, by, from: null, to: 'new', why }).execute()
      }
      await reasonMigrations[0]?.up(tx, 'sqlite')
    })
    const rows = await database.query.selectFrom('ticketEvent').select('why').orderBy('seq').execute()
    expect(rows.map(({ why }) => JSON.parse(why) as Reason)).toEqual([
      { code: 'owner-asked' },
      { code: 'legacy-text', params: { text: 'agreed' } },
    ])
  } finally {
    await database.close()
    await rm(dir, { recursive: true })
  }
})

test('a ticket that held words, one field a language, says the same in both', () => {
  const { candidates, nobody, bill, changed } = withReasons({
    candidates: [
      { engineer: 'a', rank: 1, reasons: ['near'], reasonsZh: ['近'] },
      { engineer: 'b', reasons: [], reasonsZh: [], rejectedBecause: 'off', rejectedBecauseZh: '休息' },
    ],
    candidatesNote: 'Nobody fits.',
    changedFacts: { en: 'It grew.', zh: '加重。' },
    bill: {
      lines: [{ code: 'covered', text: 'Free', textZh: '免费', cents: -1, clause: { en: 'Clause', zh: '条款' } }],
      totalCents: -1,
    },
  })
  const text = (en: string, zh: string) => ({ code: 'text', params: { text: { en, zh } } })
  expect(candidates).toEqual([
    { engineer: 'a', rank: 1, reasons: [text('near', '近')] },
    { engineer: 'b', reasons: [], rejected: text('off', '休息') },
  ])
  expect(nobody).toEqual({ code: 'legacy-text', params: { text: 'Nobody fits.' } })
  expect(changed).toEqual(text('It grew.', '加重。'))
  expect(bill?.lines[0]).toEqual({
    code: 'covered',
    cents: -1,
    what: text('Free', '免费'),
    clause: text('Clause', '条款'),
  })
})

test('who was considered moves into a column of its own, with the reasons that were words as codes', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hearthwatch-candidates-'))
  const database = await openPassingSqlite(join(dir, 'desk.db'), [...outboxMigrations, ...serviceMigrations])
  try {
    await database.transaction(async (tx) => {
      await tx.schema.alterTable('ticket').dropColumn('candidates').execute()
      const body = JSON.stringify({ id: 't', candidates: [{ engineer: 'a', reasons: ['near'], reasonsZh: ['近'] }] })
      const row = {
        id: 't',
        number: 'n',
        secret: 't',
        appliance: 'f',
        kind: 'fridge',
        state: 'new',
        source: 'reported',
      }
      await tx
        .insertInto('ticket')
        .values({ ...row, priority: 2, createdAt: 1, closedAt: null, body })
        .execute()
      await reasonMigrations.at(-1)?.up(tx, 'sqlite')
    })
    const [row] = await database.query.selectFrom('ticket').select(['body', 'candidates']).execute()
    expect(JSON.parse(row?.body ?? '')).toEqual({ id: 't' })
    expect(JSON.parse(row?.candidates ?? '')).toEqual([
      { engineer: 'a', reasons: [{ code: 'text', params: { text: { en: 'near', zh: '近' } } }] },
    ])
  } finally {
    await database.close()
    await rm(dir, { recursive: true })
  }
})
