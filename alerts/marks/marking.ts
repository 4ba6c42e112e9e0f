import { type Alert, hash64, type Mark, type MarkVerdict, type Millis, type UnitOfWork } from '../../core/index.ts'
import { nextAlertState } from '../alertMachine.ts'
import { saveAlert, toAlerts } from '../alertTable.ts'
import { heldBackBy, markedRows } from './heldBack.ts'
import { marksOf, saveMark } from './markTable.ts'

export interface Marked {
  verdict: MarkVerdict
  why: string
}

/** Who was there and found nothing, and what they wrote. */
export type Refuted = Pick<Mark, 'by' | 'why'>

/** Somebody says of an alert what it is without a visit: it closes, and what it showed is remembered. */
export async function markAlert(
  tx: UnitOfWork,
  alert: Alert,
  { verdict, why }: Marked,
  by: string,
  at: Millis,
): Promise<Alert> {
  const { id: of, appliance, failureMode, severity, evidence } = alert
  // One alert is marked once by each: whoever says it again means the same.
  const id = `mk-${hash64(`${of}/${by}`)}`
  await saveMark(tx, {
    id,
    appliance,
    alert: of,
    failureMode,
    severity,
    verdict,
    by,
    why,
    at,
    rows: markedRows(evidence),
  })
  return {
    ...alert,
    state: nextAlertState[alert.state].close,
    closedAt: alert.closedAt ?? at,
    marked: { by, why, at, verdict },
    // Only what is no fault here was said wrongly.
    ...(verdict === 'normal-here' ? { dismissed: { by, why: why || verdict, at } } : {}),
  }
}

/** A ticket ended, and its alerts with it; what a visit refuted was normal there, and is remembered as if it were marked. */
export async function endAlerts(tx: UnitOfWork, ticket: string, at: Millis, refuted?: Refuted): Promise<void> {
  const rows = await tx.selectFrom('alert').select(['id', 'body']).where('ticket', '=', ticket).execute()
  for (const alert of toAlerts(rows)) {
    if (refuted) {
      const { id: of, appliance, failureMode, severity, evidence } = alert
      const about = { appliance, alert: of, failureMode, severity, rows: markedRows(evidence) }
      await saveMark(tx, {
        ...about,
        ...refuted,
        id: `mk-${hash64(`${of}/visit`)}`,
        verdict: 'normal-here',
        at,
        visit: ticket,
      })
    }
    if (alert.state === 'closed') continue
    await saveAlert(tx, { ...alert, state: nextAlertState[alert.state].close, closedAt: at, updatedAt: at })
  }
}

/** Of an alert that would open: the ids of the marks for which it stays where it is; undefined: it opens. */
export async function holdBack(tx: UnitOfWork, alert: Alert): Promise<string[] | undefined> {
  const marks = distinct(await marksOf(tx, alert.appliance))
  return heldBackBy(alert, marks)?.map(({ id }) => id)
}

/** Of one alert one mark counts: two people who say the same of it have seen it once. */
const distinct = (marks: readonly Mark[]): Mark[] =>
  marks.filter((mark, i) => marks.findIndex(({ alert }) => alert === mark.alert) === i)

/** A mark is taken back. @returns alerts that only it held back: they open */
export async function undoMark(tx: UnitOfWork, mark: Mark, by: string, at: Millis): Promise<Alert[]> {
  await saveMark(tx, { ...mark, undone: { by, at } })
  const rows = await tx
    .selectFrom('alert')
    .select(['id', 'body'])
    .where('appliance', '=', mark.appliance)
    .where('state', '=', 'pending')
    .execute()
  const freed: Alert[] = []
  for (const alert of toAlerts(rows)) {
    if (alert.heldBack?.includes(mark.id) && !(await holdBack(tx, alert))) freed.push(alert)
  }
  return freed
}
