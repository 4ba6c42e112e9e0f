import { DAY, type Language, localDay, type Millis, momentOf } from '../../core/index.ts'

/** Somebody of the staff who can be called. */
export interface OnCallPerson {
  readonly id: string
  readonly name: string
  readonly language: Language
  /** A mail address or a number. */
  readonly contact: string
  /** A number besides. */
  readonly phone?: string | undefined
  readonly wechat?: string | undefined
}

/** A turn of people: one after another, each for so many days, handed over at an hour of the local day. */
export interface Rota {
  readonly id: string
  readonly timeZone: string
  /** The day of the first turn, as 2026-12-24. */
  readonly since: string
  readonly handoverHour: number
  readonly turnDays: number
  /** Ids of people, in order. */
  readonly members: readonly string[]
}

/** Somebody else has it for a while. */
export interface Override {
  readonly id: string
  readonly rota: string
  readonly person: string
  readonly from: Millis
  readonly to: Millis
  readonly by: string
  readonly why: string
}

export interface OnCallNow {
  readonly person: string
  /** Until when, if nothing is changed. */
  readonly until: Millis
  readonly override?: string
}

/** Who is on call at a moment; of two overrides the one that was made later. Pure. */
export function onCallAt(rota: Rota, overrides: readonly Override[], at: Millis): OnCallNow | undefined {
  const own = overrides.filter((one) => one.rota === rota.id)
  const covering = own.filter(({ from, to }) => from <= at && at < to).at(-1)
  if (covering) return { person: covering.person, until: covering.to, override: covering.id }
  const turn = turnAt(rota, at)
  if (!turn) return undefined
  const next = own.filter(({ from }) => from > at).map(({ from }) => from)
  return { person: turn.person, until: Math.min(turn.until, ...next) }
}

function turnAt(rota: Rota, at: Millis): { person: string; until: Millis } | undefined {
  const { members, timeZone, turnDays, handoverHour } = rota
  const first = Math.floor(Date.parse(rota.since) / DAY)
  const begins = (turn: number): Millis => momentOf(first + turn * turnDays, handoverHour, timeZone)
  const day = localDay(at, timeZone)
  // Before the hour it is still the turn of the day before.
  const guess = Math.floor((day - first) / turnDays)
  const turn = begins(guess) <= at ? guess : guess - 1
  const person = members[turn % members.length]
  return turn < 0 || person === undefined ? undefined : { person, until: begins(turn + 1) }
}
