import { z } from 'zod'
import {
  type Announcer,
  type Clock,
  type Database,
  MINUTE,
  type Millis,
  mailAddressOf,
  type OwnerWay,
  type Render,
  type StaffTold,
  sameText,
  type Text,
  type UnitOfWork,
} from '../../core/index.ts'
import { type Apart, jsonColumn, readable } from '../../database/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import { type EscalationCause, escalationCauses } from './causes.ts'
import { beginEscalation, climb, type Escalation, endEscalation, hasten } from './decideEscalation.ts'
import { type Matter, matterOf, unanswered } from './matters.ts'
import type { OnCallBook } from './onCallBook.ts'

/** So often, by the world's clock, it is looked for what nobody has acted on. */
const EVERY_MS = MINUTE
const RUNNING_AT_ONCE = 1_000
const MOST_SHOWN = 200

/** Who was told at a step, or that nobody was on call. */
export interface StepView {
  step: number
  at: Millis
  rota: string
  person?: string
}
export interface EscalationView extends Escalation {
  title: Text
  link: string
  steps: StepView[]
}
/** Who would be told when, if it began at a moment. */
export interface Foreseen {
  at: Millis
  rota: string
  person?: string
  name?: string
  /** Ways to them that somebody carries; none: they cannot be reached. */
  ways: OwnerWay[]
}

export interface Escalations {
  /** Begins chains, climbs those that are due, and ends those that somebody has acted on. */
  tick(tx: UnitOfWork, apart: Apart): Promise<void>
  /** Nobody of a step could be told: the next one is due. */
  unreached(tx: UnitOfWork, noticeKey: string): Promise<void>
  /** Those that run, and then those that ended, the newest first. */
  list(): Promise<EscalationView[]>
  preview(cause: EscalationCause, at: Millis): Foreseen[]
}

interface EscalationOptions {
  database: Database
  clock: Clock
  policy: Policy
  book: OnCallBook
  announcer: Announcer
  render: Render
  sources: Parameters<typeof matterOf>[1]
  carries: (way: OwnerWay, country?: string) => boolean
  /** Somebody works at this appliance: nobody is called for its alerts until they are done. */
  isMaintained: (appliance: string) => boolean
}

export function openEscalations(options: EscalationOptions): Escalations {
  const { database, clock, policy, book } = options
  let lastAt = Number.NEGATIVE_INFINITY

  async function begin(tx: UnitOfWork, now: Millis): Promise<void> {
    for (const { id, cause, since } of await unanswered(tx, options.sources, now)) {
      const begun = beginEscalation(id, cause, since, policy.escalations[cause])
      const row = { id, cause, since, nextAt: begun.nextAt, endedAt: null, body: JSON.stringify(begun) }
      await tx
        .insertInto('escalation')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()
    }
  }

  async function look(tx: UnitOfWork, escalation: Escalation, now: Millis): Promise<void> {
    const matter = await matterOf(tx, options.sources, escalation.id, now)
    if ('endedBy' in matter) return save(tx, endEscalation(escalation, now, matter.endedBy))
    if (matter.alert && matter.appliance && options.isMaintained(matter.appliance)) return
    const { escalation: after, step } = climb(escalation, policy.escalations[escalation.cause], now)
    if (!step) return
    await save(tx, after)
    await tellStep(tx, options, after, matter, step, now)
  }

  return {
    async tick(tx, apart) {
      const now = clock.now()
      // Without anybody who could be called there is nothing to look for.
      if (now - lastAt < EVERY_MS || book.rotas().length === 0) return
      lastAt = now
      await apart.each(tx, 'escalations', 'begin', () => begin(tx, now))
      for (const escalation of await running(tx, RUNNING_AT_ONCE))
        await apart.each(tx, 'escalation', escalation.id, () => look(tx, escalation, now))
    },
    async unreached(tx, noticeKey) {
      const row = await tx
        .selectFrom('escalationStep')
        .innerJoin('escalation', 'escalation.id', 'escalationStep.escalation')
        .select(['escalation.id', 'escalation.body'])
        .where('escalationStep.key', '=', noticeKey)
        .where('escalation.endedAt', 'is', null)
        .executeTakeFirst()
      if (row) await save(tx, hasten(read(row), clock.now()))
    },
    list: () => database.transaction((tx) => shown(tx, options, clock.now())),
    preview: (cause, at) =>
      policy.escalations[cause].map(({ afterMinutes, to }) => {
        const when = at + afterMinutes * MINUTE
        const told = book.who(to, when)?.told
        return {
          at: when,
          rota: to,
          ...(told ? { person: told.id, name: told.name } : {}),
          ways: told ? policy.ownerWays.filter((way) => leads(told, way) && options.carries(way, told.region)) : [],
        }
      }),
  }
}

const leads = ({ contact, phone, wechat }: StaffTold, way: OwnerWay): boolean =>
  way === 'mail'
    ? mailAddressOf(contact) !== undefined
    : way === 'wechat'
      ? wechat !== undefined
      : way !== 'push' && phone !== undefined

const stored = jsonColumn<Escalation, 'escalation'>(
  'escalation',
  'body',
  z.looseObject({
    id: z.string(),
    cause: z.enum(escalationCauses),
    since: z.number(),
    next: z.number().nullable(),
    nextAt: z.number().nullable(),
    endedAt: z.number().optional(),
    endedBy: z.string().optional(),
  }),
)
const read = ({ id, body }: { id: string; body: string }): Escalation => stored.read(body, id)

async function running(tx: Pick<UnitOfWork, 'selectFrom'>, limit: number): Promise<Escalation[]> {
  const rows = await tx
    .selectFrom('escalation')
    .select(['id', 'body'])
    .where('endedAt', 'is', null)
    .orderBy('nextAt')
    .orderBy('id')
    .limit(limit)
    .execute()
  return readable(rows, read)
}

const save = async (tx: UnitOfWork, escalation: Escalation): Promise<void> =>
  void (await tx
    .updateTable('escalation')
    .set({ nextAt: escalation.nextAt, endedAt: escalation.endedAt ?? null, body: JSON.stringify(escalation) })
    .where('id', '=', escalation.id)
    .execute())

/** Whoever's turn it is is told; where it is nobody's, that is written down and the next step is due. */
async function tellStep(
  tx: UnitOfWork,
  { book, announcer, render }: EscalationOptions,
  escalation: Escalation,
  { title, body, ...about }: Matter,
  { index, to }: { index: number; to: string },
  now: Millis,
): Promise<void> {
  const told = book.who(to, now)?.told
  const key = `escalation/${escalation.id}/${index}`
  await tx
    .insertInto('escalationStep')
    .values({ escalation: escalation.id, step: index, at: now, rota: to, person: told?.id ?? null, key })
    .execute()
  if (!told) return save(tx, hasten(escalation, now))
  await announcer.announce(tx, { key, to: told, title: render(title), body: render(body), at: now, ...about })
}

async function shown(tx: UnitOfWork, options: EscalationOptions, now: Millis): Promise<EscalationView[]> {
  const ended = await tx
    .selectFrom('escalation')
    .select(['id', 'body'])
    .where('endedAt', 'is not', null)
    .orderBy('endedAt', 'desc')
    .limit(MOST_SHOWN)
    .execute()
  const all = [...(await running(tx, MOST_SHOWN)), ...readable(ended, read)]
  const steps = all.length
    ? await tx
        .selectFrom('escalationStep')
        .selectAll()
        .where(
          'escalation',
          'in',
          all.map(({ id }) => id),
        )
        .orderBy('step')
        .execute()
    : []
  const views: EscalationView[] = []
  for (const escalation of all) {
    const matter =
      escalation.endedAt === undefined ? await matterOf(tx, options.sources, escalation.id, now) : { endedBy: '' }
    const own = steps.filter((one) => one.escalation === escalation.id)
    views.push({
      // Somebody has acted; the next turn writes it down.
      ...('endedBy' in matter && escalation.endedAt === undefined
        ? endEscalation(escalation, now, matter.endedBy)
        : escalation),
      ...titleOf(escalation.id, matter, options.render),
      steps: own.map(({ step, at, rota, person }) => ({ step, at, rota, ...(person === null ? {} : { person }) })),
    })
  }
  return views
}

function titleOf(id: string, matter: Matter | { endedBy: string }, render: Render): { title: Text; link: string } {
  if ('title' in matter) return { title: render(matter.title), link: matter.link }
  const [cause = '', of = ''] = id.split('/')
  const link =
    cause === 'critical-alert'
      ? `/alerts?id=${encodeURIComponent(of)}`
      : cause === 'missed-promise'
        ? `/tickets/${of}`
        : '/care'
  return { title: sameText(of), link }
}
