import {
  type Announcer,
  type Appliance,
  because,
  type Clock,
  type Cut,
  type Database,
  everyText,
  type HealthRow,
  hash64,
  isInService,
  type Millis,
  type Notice,
  personOf,
  say,
  type Text,
  ticketIs,
  ticketStatesWhere,
  type UnitOfWork,
  upTo,
} from '../../core/index.ts'
import { readable } from '../../database/index.ts'
import { calmFrom } from '../calendar/quietHours.ts'
import { zoneOf } from '../calendar/workCalendar.ts'
import type { CarePlan } from '../policy/careRules.ts'
import type { Policies } from '../policy/openPolicies.ts'
import type { Policy } from '../policy/policySchema.ts'
import { scopesOf } from '../policy/resolvePolicy.ts'
import { mayMessage } from '../privacy/consents.ts'
import { ownerTold } from '../registry/ownerTold.ts'
import { tickets } from '../tickets/store/ticketRepository.ts'
import { type Contract, contractsOfAll } from '../visit/coverage.ts'
import { careText } from './careTable.ts'
import { countedBy, type Due, dueByTime, dueByUse } from './dueNow.ts'
import type { InspectionOpener } from './openInspection.ts'

/** A plan that is counted for an appliance. */
export interface Counted {
  appliance: string
  plan: CarePlan
}
/** What use or time brought about, once. */
export interface CareRow {
  appliance: string
  plan: string
  number: number
  at: Millis
  dueAt?: Millis
  what: 'reminded' | 'guide' | 'visit' | 'needless'
  counted: number
  ticket?: string
  text: Text
}

/** Reminders, guides and inspections by use, calendar and contract. */
export interface CareService {
  /** What is counted of whom: appliances in service that somebody owns. */
  counted(): Counted[]
  /** It has been used so much by now: what that makes due is done, once. */
  used(tx: UnitOfWork, one: Counted, used: number): Promise<void>
  /** What the calendar and contracts make due of these. */
  passTime(tx: UnitOfWork, appliances: readonly string[]): Promise<void>
  /** What was being done did not commit: what memory says is done may not be. */
  forget(): void
  /** The newest first. */
  list(limit: number): Promise<Cut<CareRow>>
}

interface CareOptions {
  database: Database
  clock: Clock
  appliances: () => readonly Appliance[]
  appliance: (id: string) => Appliance
  policies: Policies
  announcer: Announcer
  desk: InspectionOpener
  health: (appliance: string) => HealthRow | undefined
  /** Somebody works there: what is due is due afterwards. */
  isMaintained: (appliance: string) => boolean
}

/** With what was done last of each, so that nothing is asked for again and again. */
interface CareParts extends CareOptions {
  settled: Map<string, number>
}

export function openCare(options: CareOptions): CareService {
  const { database, clock, policies } = options
  const parts: CareParts = { ...options, settled: new Map() }
  const plansOf = ({ kind, model }: Appliance): CarePlan[] =>
    policies.live.carePlans.filter(
      (plan) => plan.isOn && plan.kind === kind && (plan.models.length === 0 || plan.models.includes(model)),
    )
  const isCaredFor = (one: Appliance): boolean =>
    isInService(one) && one.owner !== undefined && !options.isMaintained(one.id)

  return {
    counted: () =>
      options
        .appliances()
        .flatMap((one) =>
          isCaredFor(one)
            ? plansOf(one).flatMap((plan) => ('months' in plan.every ? [] : [{ appliance: one.id, plan }]))
            : [],
        ),
    async used(tx, { appliance: id, plan }, used) {
      const appliance = options.appliance(id)
      const { every } = plan
      if (!isCaredFor(appliance) || 'months' in every) return
      const amount = 'count' in every ? every.count : 'hours' in every ? every.hours : every.amount
      const due = dueByUse(amount, used)
      if (due) await fulfil(tx, parts, appliance, plan, due)
    },
    async passTime(tx, ids) {
      const now = clock.now()
      const wanted = ids.map(options.appliance).filter(isCaredFor)
      for (const appliance of wanted)
        for (const plan of plansOf(appliance)) {
          const { every } = plan
          if (!('months' in every) || appliance.installedAt === undefined) continue
          const due = dueByTime(every.months, appliance.installedAt, now)
          if (due) await fulfil(tx, parts, appliance, plan, due)
        }
      for (const contract of await contractsOfAll(
        tx,
        wanted.map(({ id }) => id),
      ))
        await inspect(tx, parts, options.appliance(contract.appliance), contract)
    },
    forget: () => parts.settled.clear(),
    async list(limit) {
      const rows = await database.query
        .selectFrom('careDue')
        .selectAll()
        .orderBy('at', 'desc')
        .orderBy('appliance')
        .limit(limit + 1)
        .execute()
      const { items, ...more } = upTo(rows, limit)
      const read = readable(items, ({ dueAt, ticket, body, what, ...row }) => ({
        ...row,
        what: what as CareRow['what'],
        ...(dueAt === null ? {} : { dueAt }),
        ...(ticket === null ? {} : { ticket }),
        text: careText.read(body, row.appliance),
      }))
      return { items: read, ...more }
    },
  }
}

const keyOf = ({ appliance, plan }: Pick<CareRow, 'appliance' | 'plan'>): string => `${appliance} ${plan}`
const isSettled = ({ settled }: CareParts, row: Pick<CareRow, 'appliance' | 'plan' | 'number'>): boolean =>
  settled.get(keyOf(row)) === row.number

/** Writes down that it is done. @returns whether it was not before: only then anything follows */
async function once(tx: UnitOfWork, { settled }: CareParts, row: CareRow): Promise<boolean> {
  const { text, dueAt = null, ticket = null, ...rest } = row
  settled.set(keyOf(row), row.number)
  const written = await tx
    .insertInto('careDue')
    .values({ ...rest, dueAt, ticket, body: JSON.stringify(text) })
    .onConflict((conflict) => conflict.columns(['appliance', 'plan', 'number']).doNothing())
    .returning('number')
    .execute()
  return written.length > 0
}

/** Somebody may come anyway and looks at it, and it stays due. Nobody comes for what its owner declined. */
const isVisited = async (tx: UnitOfWork, appliance: string): Promise<boolean> =>
  (await tickets(tx, { appliance, states: awaited, limit: 1 })).length > 0
const awaited = ticketStatesWhere('living').filter((state) => !ticketIs(state, 'lost'))

async function fulfil(
  tx: UnitOfWork,
  options: CareParts,
  appliance: Appliance,
  plan: CarePlan,
  due: Due,
): Promise<void> {
  const row = {
    appliance: appliance.id,
    plan: `${plan.id}@${countedBy(plan.every)}`,
    ...due,
    at: options.clock.now(),
    text: plan.text,
  }
  if (isSettled(options, row)) return
  if (plan.does !== 'inspect') {
    if (await once(tx, options, { ...row, what: plan.does === 'guide' ? 'guide' : 'reminded' }))
      await remind(tx, options, appliance, plan, row)
    return
  }
  if (await isVisited(tx, appliance.id)) return
  const id = `tk-${hash64(`care/${row.appliance}/${row.plan}/${row.number}`)}`
  if (!(await once(tx, options, { ...row, what: 'visit', ticket: id }))) return
  const noticed = filled(plan.owner, due.counted)
  await options.desk.openInspection(tx, {
    id,
    appliance: appliance.id,
    noticed,
    why: because('care-due', { plan: plan.text }),
  })
}

/** A contract’s inspection, unless the appliance is so well that nobody would find anything. */
async function inspect(tx: UnitOfWork, options: CareParts, appliance: Appliance, contract: Contract): Promise<void> {
  const { inspections } = contract.terms
  const now = options.clock.now()
  if (!inspections || now < contract.validFrom || now >= contract.validUntil) return
  const due = dueByTime(inspections.everyMonths, contract.validFrom, now)
  if (!due) return
  const { id } = appliance
  const row = { appliance: id, plan: `contract ${contract.id}`, ...due, at: now, text: contract.terms.text }
  if (isSettled(options, row) || (await isVisited(tx, id))) return
  const health = options.health(id)
  if (health?.status === 'healthy' && health.health >= inspections.needlessFromHealth) {
    await once(tx, options, { ...row, what: 'needless' })
    return
  }
  const ticket = `tk-${hash64(`care/${id}/${row.plan}/${row.number}`)}`
  if (!(await once(tx, options, { ...row, what: 'visit', ticket }))) return
  const why = because('inspection-contracted', { plan: contract.terms.text, months: inspections.everyMonths })
  await options.desk.openInspection(tx, { id: ticket, appliance: id, noticed: contract.terms.text, why })
}

async function remind(
  tx: UnitOfWork,
  { announcer, clock, policies }: CareOptions,
  appliance: Appliance,
  plan: CarePlan,
  row: { plan: string; number: number; counted: number },
): Promise<void> {
  const { owner } = appliance
  if (!owner) return
  const { policy: rules } = policies.now(scopesOf(appliance, policies.live))
  const at = clock.now()
  const pushFrom = calmFrom(at, zoneOf(appliance, rules), rules.acting.quietHours)
  const isQuiet = !(await mayMessage(tx, personOf(appliance.id, owner)))
  const notice: Notice = {
    key: `care/${appliance.id}/${row.plan}/${row.number}`,
    to: ownerTold(owner, appliance, rules),
    title: plan.text,
    body: withSteps(filled(plan.owner, row.counted), plan, rules),
    at,
    appliance: appliance.id,
    template: { name: 'care', params: { what: plan.text } },
    ...(pushFrom > at ? { pushFrom } : {}),
    ...(isQuiet ? { quiet: true as const } : {}),
  }
  await announcer.announce(tx, notice)
}

const filled = (text: Text, count: number): Text =>
  everyText((language) => say(text, language).replaceAll('{count}', String(count)))

/** A guide says how, step by step. */
function withSteps(body: Text, { guide: wanted }: CarePlan, { guides }: Pick<Policy, 'guides'>): Text {
  const steps = guides.find(({ id }) => id === wanted)?.steps ?? []
  return everyText((language) =>
    [say(body, language), ...steps.map((step, i) => `${i + 1}. ${say(step, language)}`)].join('\n'),
  )
}
