import {
  type Alert,
  type AlertId,
  alertIdSchema,
  type Cut,
  DAY,
  type Detection,
  HOUR,
  type Mark,
  type Millis,
  notFound,
  type Severity,
  type TicketId,
  type UnitOfWork,
} from '../core/index.ts'
import { type Apart, enqueueControl, together } from '../database/index.ts'
import type { AlertQuery, Alerts } from './alertBook.ts'
import { isStanding, nextAlertState } from './alertMachine.ts'
import type { AlertsOptions } from './alertsOptions.ts'
import { saveAlert, standingLike, toAlert, toAlerts } from './alertTable.ts'
import type { CohortSession } from './cohort/cohortSession.ts'
import { type Cohorts, openCohorts } from './cohort/openCohorts.ts'
import { alertIdOf, decideAlert, downgraded, noted, opensNow, stayPending } from './decideAlert.ts'
import { endAlerts, holdBack, type Marked, markAlert, type Refuted, undoMark } from './marks/marking.ts'
import { alreadyClosed, notHeld, nothingToMark, standsAlready } from './marks/markProblems.ts'
import { listMarks, standingMark } from './marks/markTable.ts'

const CLOSE_CLEARED_AFTER_MS = 14 * DAY

/** While somebody works there, it is looked so often whether what stands may ask for its ticket. */
const ASKS_AGAIN_MS = HOUR
/** So many held alerts ask for their tickets in one turn. */
const RELEASED_AT_ONCE = 200

export const openAlerts = (options: AlertsOptions): Alerts => new AlertBook(options)

/** The alerts in their table. */
class AlertBook implements Alerts {
  readonly cohorts: Cohorts
  readonly #options: AlertsOptions
  constructor(options: AlertsOptions) {
    this.#options = options
    this.cohorts = openCohorts({ ...options, rules: options.cohortRules })
  }

  async apply(tx: UnitOfWork, detections: Detection[]): Promise<Alert[]> {
    const changed = new Map<string, Alert>()
    const session = this.cohorts.session(tx)
    for (const detection of detections) {
      const alert = await this.#applyOne(tx, session, detection)
      if (alert) changed.set(alert.id, alert)
    }
    // Only now: one that turned into another in the same breath has handed its ticket on by then.
    for (const alert of changed.values())
      if (alert.ticket && alert.state === 'cleared') await this.#options.desk.alertEnded(tx, alert)
    await session.flush()
    return [...changed.values()]
  }
  async tick(tx: UnitOfWork, now: Millis, apart: Apart = together): Promise<Alert[]> {
    const resting = apart.resting('alert')
    const rows = await tx
      .selectFrom('alert')
      .select(['id', 'body'])
      .where('state', '=', 'cleared')
      .where('clearedAt', '<=', now - CLOSE_CLEARED_AFTER_MS)
      .$if(resting.length > 0, (query) => query.where('id', 'not in', resting))
      .limit(200)
      .execute()
    const closed: Alert[] = []
    for (const row of rows) {
      const one = await apart.each(tx, 'alert', row.id, async () => {
        const alert: Alert = { ...toAlert(row), state: 'closed', closedAt: now }
        await saveAlert(tx, alert)
        return alert
      })
      if (one) closed.push(one)
    }
    await this.cohorts.tick(tx, now, apart)
    await this.#options.announcer.deliverDue(tx, now, apart)
    await this.#options.maintenance.tick(tx, now, apart)
    return [...closed, ...(await this.#release(tx, now, apart))]
  }
  ticketEnded(tx: UnitOfWork, ticket: TicketId, at: Millis, refuted?: Refuted): Promise<void> {
    return endAlerts(tx, ticket, at, refuted)
  }
  acknowledge(id: AlertId, by: string): Promise<Alert> {
    const taken = { acknowledgedBy: by, assignedTo: undefined }
    return this.#change(id, async (alert) => ({ ...alert, ...taken, state: nextAlertState[alert.state].acknowledge }))
  }
  assign(id: AlertId, to: string): Promise<Alert> {
    return this.#change(id, async (alert) => ({ ...alert, assignedTo: to }))
  }
  note(id: AlertId, by: string, text: string): Promise<Alert> {
    return this.#change(id, async (alert) => noted(alert, { by, text, at: this.#options.clock.now() }))
  }
  snooze(id: AlertId, until: Millis): Promise<Alert> {
    return this.#change(id, async (alert) => ({ ...alert, snoozedUntil: until }))
  }
  dismiss(id: AlertId, by: string, why: string): Promise<Alert> {
    return this.#change(id, async (alert, tx) => {
      if (alert.state === 'closed') return alert
      const at = this.#options.clock.now()
      const row = await tx.selectFrom('alert').select('condition').where('id', '=', id).executeTakeFirstOrThrow()
      await enqueueControl(tx, { type: 'dismiss', appliance: alert.appliance, condition: row.condition, at })
      if (alert.ticket) await this.#options.desk.alertDismissed(tx, alert, by, why)
      return { ...alert, state: 'closed', closedAt: at, dismissed: { by, why, at } }
    })
  }
  mark(id: AlertId, by: string, said: Marked): Promise<Alert> {
    return this.#change(id, async (alert, tx) => {
      if (alert.state === 'closed') throw alreadyClosed(id)
      if (alert.ticket) await this.#options.desk.alertMarked(tx, alert, by, said.verdict, said.why)
      return markAlert(tx, alert, said, by, this.#options.clock.now())
    })
  }
  async markTicket(ticket: TicketId, by: string, said: Marked): Promise<void> {
    const rows = await this.#options.database.query
      .selectFrom('alert')
      .select('id')
      .where('ticket', '=', ticket)
      .where('state', '!=', 'closed')
      .orderBy('id')
      .execute()
    if (rows.length === 0) throw nothingToMark(ticket)
    for (const { id } of rows) await this.mark(alertIdSchema.parse(id), by, said)
  }
  downgrade(id: AlertId, by: string, severity: Severity, why: string): Promise<Alert> {
    return this.#change(id, async (alert) => downgraded(alert, { severity, by, why, at: this.#options.clock.now() }))
  }
  marks(appliance?: string): Promise<Cut<Mark>> {
    return listMarks(this.#options.database, appliance)
  }
  undoMark(id: string, by: string): Promise<Alert[]> {
    return this.#options.database.transaction(async (tx) => {
      const mark = await standingMark(tx, id)
      const at = this.#options.clock.now()
      const freed = await undoMark(tx, mark, by, at)
      const session = this.cohorts.session(tx)
      const under = ({ appliance, updatedAt }: Alert) => this.#options.maintenance.over(appliance, updatedAt).length > 0
      for (const held of freed.filter((one) => !under(one))) {
        const alert = opensNow(held)
        await this.#stand(tx, session, alert, () => saveAlert(tx, alert))
      }
      await session.flush()
      return freed
    })
  }
  speak(id: AlertId): Promise<Alert> {
    return this.#change(id, async (held, tx) => {
      if (!held.heldBack || held.state === 'closed' || isStanding(held.state)) throw notHeld(id)
      const other = await standingLike(tx, held)
      if (other) throw standsAlready(id, other)
      const alert = opensNow(held)
      const session = this.cohorts.session(tx)
      // Whoever says so knows who works there.
      await this.#stand(tx, session, alert, () => saveAlert(tx, alert), true)
      await session.flush()
      return alert
    })
  }
  async get(id: AlertId): Promise<Alert> {
    const row = await this.#options.database.query
      .selectFrom('alert')
      .select(['id', 'body'])
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) throw notFound('alert', id)
    return toAlert(row)
  }
  async list({
    state,
    appliance,
    since,
    cohort,
    apart,
    heldBack,
    limit,
    cursor,
  }: AlertQuery): ReturnType<Alerts['list']> {
    let query = this.#options.database.query.selectFrom('alert').select(['id', 'sortAt', 'body'])
    if (state) query = query.where('state', 'in', state.split(','))
    if (appliance) query = query.where('appliance', '=', appliance)
    if (since !== undefined) query = query.where('openedAt', '>=', since)
    if (cohort) query = query.where('cohort', '=', cohort)
    if (heldBack) query = query.where('state', '=', 'pending').where('body', 'like', '%"heldBack":[%')
    if (apart) {
      const open = this.#options.database.query.selectFrom('cohortNotice').select('id').where('state', '=', 'open')
      query = query.where((eb) => eb.or([eb('cohort', 'is', null), eb('cohort', 'not in', open)]))
    }
    if (cursor) {
      const [at, after] = cursor.split('.') as [string, string]
      query = query.where((eb) =>
        eb.or([eb('sortAt', '<', Number(at)), eb.and([eb('sortAt', '=', Number(at)), eb('id', '<', after)])]),
      )
    }
    const rows = await query
      .orderBy('sortAt', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute()
    const last = rows[limit - 1]
    const items = toAlerts(rows.slice(0, limit))
    return rows.length > limit && last ? { items, next: `${last.sortAt}.${last.id}` } : { items }
  }
  async standing(appliances?: string[]): Promise<Map<string, AlertId[]>> {
    let query = this.#options.database.query
      .selectFrom('alert')
      .select(['id', 'appliance'])
      .where('state', 'in', ['open', 'acknowledged'])
    if (appliances) query = query.where('appliance', 'in', appliances)
    const found = new Map<string, AlertId[]>()
    for (const { id, appliance } of await query.execute()) {
      found.set(appliance, [...(found.get(appliance) ?? []), alertIdSchema.parse(id)])
    }
    return found
  }

  /** It stands: many may share it; if it matters and is not held, it asks for a ticket. @param said somebody wants it to */
  async #stand(
    tx: UnitOfWork,
    session: CohortSession,
    alert: Alert,
    save: () => Promise<void>,
    said = false,
  ): Promise<void> {
    await session.consider(alert, save)
    const { clock, maintenance } = this.#options
    if (!said && !alert.ticket && maintenance.isUnder(alert.appliance))
      alert.heldUntil = Math.max(alert.heldUntil ?? 0, clock.now() + ASKS_AGAIN_MS)
    const asks = !alert.ticket && alert.severity !== 'info' && alert.heldUntil === undefined
    if (asks && this.#options.desk.worthVisit(alert)) alert.ticket = await this.#options.desk.ticketFor(tx, alert)
    await save()
  }

  /** The time of holding is over, and these still stand. */
  async #release(tx: UnitOfWork, now: Millis, apart: Apart): Promise<Alert[]> {
    const resting = apart.resting('alert')
    const rows = await tx
      .selectFrom('alert')
      .select(['id', 'body'])
      .where('heldUntil', '<=', now)
      .$if(resting.length > 0, (query) => query.where('id', 'not in', resting))
      .orderBy('heldUntil')
      .orderBy('id')
      .limit(RELEASED_AT_ONCE)
      .execute()
    const released: Alert[] = []
    for (const row of rows) {
      const one = await apart.each(tx, 'alert', row.id, async () => {
        const alert = toAlert(row)
        delete alert.heldUntil
        const session = this.cohorts.session(tx)
        const save = () => saveAlert(tx, alert)
        if (isStanding(alert.state)) await this.#stand(tx, session, alert, save)
        else await save()
        await session.flush()
        return alert
      })
      if (one) released.push(one)
    }
    return released
  }

  async #applyOne(tx: UnitOfWork, session: CohortSession, detection: Detection): Promise<Alert | null> {
    const rows = await tx
      .selectFrom('alert')
      .select(['id', 'body'])
      .where('appliance', '=', detection.appliance)
      .where((eb) =>
        eb.or([eb('id', '=', alertIdOf(detection.condition)), eb('state', 'in', ['open', 'acknowledged'])]),
      )
      .execute()
    const known = toAlerts(rows)
    const mode = detection.hypotheses[0]?.failureMode ?? 'unknown'
    const own = known.find((alert) => alert.id === alertIdOf(detection.condition))
    const standing = known.filter((alert) => isStanding(alert.state))
    // Another episode of a mode that already stands tells of the same fault: it joins.
    const joined = own ? undefined : standing.find((alert) => alert.failureMode === mode)
    const target = own ?? joined ?? null
    if (joined && detection.phase === 'recovered') return null
    const others = new Set(standing.filter((alert) => alert.id !== target?.id).map((alert) => alert.failureMode))
    // Its mode is taken by another standing alert, so it may not open beside it.
    const wouldOpen = detection.phase === 'confirmed' && target !== null && !isStanding(target.state)
    if (wouldOpen && others.has(target.failureMode) && others.has(mode)) return null
    const decided = decideAlert(target, detection, others)
    if (!decided) return null
    const opens = decided.effects.includes('opened')
    const works = this.#options.maintenance.over(decided.alert.appliance, detection.at).map(({ id }) => id)
    const held = opens ? await this.#heldBack(tx, decided.alert, works) : undefined
    // What was marked twice, or found while somebody works there, stays pending: it is listed, and nobody is told.
    const { alert, effects } = held ? stayPending(decided, target, held) : decided
    if (opens && !held) delete alert.heldBack
    const fresh = { condition: detection.condition, shares: this.#options.fleet.of(alert.appliance) }
    let isThere = target !== null
    const save = async (): Promise<void> => {
      await saveAlert(tx, alert, isThere ? undefined : fresh)
      isThere = true
    }
    const stands = isStanding(alert.state)
    const hadTicket = alert.ticket !== undefined
    if (stands && (effects.includes('opened') || (!alert.ticket && alert.severity !== 'info')))
      await this.#stand(tx, session, alert, save)
    else await save()
    const isTold = works.length === 0 && !((alert.snoozedUntil ?? 0) > detection.at)
    if (stands && hadTicket && effects.includes('updated') && isTold) await this.#options.desk.alertChanged(tx, alert)
    return alert
  }

  /** Of one that would open: for which marks and maintenances it stays where it is; undefined: it opens. */
  async #heldBack(tx: UnitOfWork, alert: Alert, works: string[]): Promise<string[] | undefined> {
    const marks = (await holdBack(tx, alert)) ?? []
    await this.#options.maintenance.hold(tx, works, alert.id)
    return marks.length + works.length > 0 ? [...marks, ...works] : undefined
  }

  async #change(id: AlertId, work: (alert: Alert, tx: UnitOfWork) => Promise<Alert>): Promise<Alert> {
    return this.#options.database.transaction(async (tx) => {
      const row = await tx.selectFrom('alert').select(['id', 'body']).where('id', '=', id).executeTakeFirst()
      if (!row) throw notFound('alert', id)
      const { repeats } = this.#options
      if (await repeats.wasCarriedOut(tx)) return toAlert(row)
      const alert = await work(toAlert(row), tx)
      await saveAlert(tx, alert)
      await repeats.note(tx)
      return alert
    })
  }
}
