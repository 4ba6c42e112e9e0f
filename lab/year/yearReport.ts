import { DAY, HOUR, type Millis } from '../../core/index.ts'
import type { Year } from './runYear.ts'

/** What a year of service came to. Hours, shares 0 to 1, money in cents; NaN where nothing was there to count. */
export interface YearFigures {
  faults: number
  /** Faults that reached their end unrepaired. */
  failures: number
  /** Faults with a ticket that the appliance filed between onset and failure, of all that ended. */
  foreseen: number
  tickets: number
  predicted: number
  needlessVisits: number
  /** Tests that appliances ran before a visit was offered, and those after which nobody came. */
  tests: number
  testedAway: number
  /** From an owner's report to the first word of a person, by telephone or at the door, mean. */
  responseHours: number
  /** From failure to the visit that repaired it, mean; of those that failed. */
  downHours: number
  fixedInOneVisit: number
  /** By one visit, and nothing of the same cause came back to that appliance within 30 days; of repairs that old. */
  lasting: number
  /** Visits that began within the time that was promised. */
  onTime: number
  /** In the zone of mobile vans: of what owners report in its working hours, from the report until somebody is there, median; and how many promises held. */
  vanHours: number
  vanKept: number
  /** Ratings of two stars and less, and of four and more, of all ratings. */
  complaints: number
  satisfied: number
  /** Time on site of all engineers' working time. */
  onSite: number
  /** Visits that had every part with them. */
  partsThere: number
  costCents: number
}

export function figuresOf(
  { tickets, faults, engineers, policy, inVanZone }: Year,
  start: Millis,
  days: number,
): YearFigures {
  const end = start + days * DAY
  const ended = faults.filter(({ courseEndsAt }) => courseEndsAt <= end)
  const failed = ended.filter(({ repairedAt, courseEndsAt }) => repairedAt === undefined || repairedAt > courseEndsAt)
  const visited = tickets.filter(({ visit, closure }) => visit && closure)
  const repaired = visited.filter(({ closure }) => closure?.cause !== 'none')
  const needless = visited.filter(({ closure }) => closure?.cause === 'none')
  const tested = tickets.filter(({ test }) => test?.result === 'done')
  const states = (ticket: Year['tickets'][number], state: string) =>
    ticket.history.filter(({ from, to }) => to === state && from !== to)
  const ratings = tickets.flatMap(({ rating }) => rating?.stars ?? [])
  const first = tickets.flatMap(({ source, history, createdAt }) => {
    const said = history.find(({ to, why }) => to === 'visiting' || why.startsWith('spoke to the owner'))
    return said && source !== 'predicted' ? [(said.at - createdAt) / HOUR] : []
  })
  const [shiftFrom, shiftUntil] = policy.shiftHours
  const onSiteHours = visited.reduce(
    (sum, { visit }) => sum + ((visit?.endedAt ?? visit?.startedAt ?? 0) - (visit?.startedAt ?? 0)) / HOUR,
    0,
  )
  const planned = visited.length - needless.length
  const once = (ticket: Year['tickets'][number]): boolean => states(ticket, 'visiting').length === 1 && !ticket.reopened
  const old = repaired.filter(({ closure }) => (closure?.at ?? end) <= end - LASTS)
  const punctual = visited.filter((ticket) => ticket.slot && once(ticket))
  const van = tickets.filter(
    ({ source, appliance, createdAt }) => source === 'reported' && inVanZone.has(appliance) && isWorkingHour(createdAt),
  )
  const vanVisits = van.flatMap(({ createdAt, history }) => {
    const came = history.find(({ to }) => to === 'visiting')
    return came ? [(came.at - createdAt) / HOUR] : []
  })
  const vanPromises = van.flatMap(({ clocks }) =>
    clocks.flatMap(({ name, dueAt, doneAt }) => (name === 'on-site' && doneAt !== undefined ? [doneAt <= dueAt] : [])),
  )
  return {
    faults: faults.length,
    failures: failed.length,
    foreseen: share(
      ended.filter((fault) =>
        tickets.some(
          ({ source, appliance, createdAt }) =>
            source === 'predicted' &&
            appliance === fault.appliance &&
            createdAt >= fault.onset &&
            createdAt < Math.min(fault.courseEndsAt, fault.repairedAt ?? Number.POSITIVE_INFINITY),
        ),
      ).length,
      ended.length,
    ),
    tickets: tickets.length,
    predicted: tickets.filter(({ source }) => source === 'predicted').length,
    needlessVisits: needless.length,
    tests: tested.length,
    testedAway: tested.filter(({ visit }) => !visit).length,
    responseHours: mean(first),
    downHours: mean(
      failed.flatMap(({ repairedAt, courseEndsAt }) =>
        repairedAt === undefined ? [] : [(repairedAt - courseEndsAt) / HOUR],
      ),
    ),
    fixedInOneVisit: share(repaired.filter(once).length, repaired.length),
    lasting: share(old.filter((ticket) => once(ticket) && !cameBack(ticket, tickets)).length, old.length),
    onTime: share(
      punctual.filter(({ slot, visit }) => (visit?.startedAt ?? end) <= (slot?.to ?? 0)).length,
      punctual.length,
    ),
    vanHours: median(vanVisits),
    vanKept: share(vanPromises.filter((kept) => kept).length, vanPromises.length),
    complaints: share(ratings.filter((stars) => stars <= 2).length, ratings.length),
    satisfied: share(ratings.filter((stars) => stars >= 4).length, ratings.length),
    onSite: onSiteHours / (engineers * days * (shiftUntil - shiftFrom)),
    partsThere: share(visited.filter((ticket) => states(ticket, 'waiting').length === 0).length, visited.length),
    costCents:
      failed.length * policy.cost.failureCents +
      planned * policy.cost.plannedVisitCents +
      needless.length * policy.cost.needlessVisitCents,
  }
}

const LASTS = 30 * DAY
/** The same cause again, on the same appliance. */
const cameBack = ({ id, appliance, closure }: Year['tickets'][number], tickets: Year['tickets']): boolean =>
  tickets.some(
    (other) =>
      other.id !== id &&
      other.appliance === appliance &&
      other.closure?.cause === closure?.cause &&
      other.createdAt > (closure?.at ?? 0) &&
      other.createdAt <= (closure?.at ?? 0) + LASTS,
  )

/** Of the van zone, which lies where the time is UTC + 1, or + 2; from when on two hours are left of a working day. */
const isWorkingHour = (at: Millis): boolean => {
  const when = new Date(at)
  return when.getUTCDay() !== 0 && when.getUTCHours() >= 7 && when.getUTCHours() < 14
}
function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const share = (count: number, of: number): number => (of === 0 ? Number.NaN : count / of)

interface Line {
  name: string
  aim: string
  of: (figures: YearFigures, appliances: number) => number
  show: (value: number) => string
}
const percent = (value: number): string => `${(value * 100).toFixed(1)} %`
const count = (value: number): string => value.toFixed(0)
const hours = (value: number): string => `${value.toFixed(1)} h`
const lines: Line[] = [
  { name: 'faults that began', aim: '', of: ({ faults }) => faults, show: count },
  { name: 'failures (a fault reached its end)', aim: '−30 %', of: ({ failures }) => failures, show: count },
  { name: 'tickets', aim: '', of: ({ tickets }) => tickets, show: count },
  { name: '… that the appliance filed itself', aim: '', of: ({ predicted }) => predicted, show: count },
  {
    name: 'needless visits per appliance-year',
    aim: '',
    of: ({ needlessVisits }, n) => needlessVisits / n,
    show: (v) => v.toFixed(3),
  },
  { name: 'tests that appliances ran before a visit', aim: '', of: ({ tests }) => tests, show: count },
  { name: '… after which nobody had to come', aim: '', of: ({ testedAway }) => testedAway, show: count },
  {
    name: 'from an owner’s report to the first word of a person, mean',
    aim: '4.2 h',
    of: ({ responseHours }) => responseHours,
    show: hours,
  },
  { name: 'from failure to repair, mean', aim: '24 h', of: ({ downHours }) => downHours, show: hours },
  { name: 'fixed in one visit', aim: '', of: ({ fixedInOneVisit }) => fixedInOneVisit, show: percent },
  { name: '… and for 30 days', aim: '≥ 90 %', of: ({ lasting }) => lasting, show: percent },
  { name: 'visits that began within the time promised', aim: '', of: ({ onTime }) => onTime, show: percent },
  { name: 'van zone: report to visit, median', aim: '2 h', of: ({ vanHours }) => vanHours, show: hours },
  { name: 'van zone: promises on site that held', aim: '', of: ({ vanKept }) => vanKept, show: percent },
  { name: 'every part was there', aim: '', of: ({ partsThere }) => partsThere, show: percent },
  {
    name: 'faults whose owner was asked before it failed',
    aim: '',
    of: ({ foreseen }) => foreseen,
    show: percent,
  },
  { name: 'complaints (two stars and less)', aim: '< 2 %', of: ({ complaints }) => complaints, show: percent },
  { name: 'satisfied (four stars and more)', aim: '≥ 95 %', of: ({ satisfied }) => satisfied, show: percent },
  { name: 'engineers on site, of their shifts', aim: '', of: ({ onSite }) => onSite, show: percent },
  {
    name: 'cost per appliance',
    aim: '',
    of: ({ costCents }, n) => costCents / n,
    show: (v) => `${(v / 100).toFixed(2)} €`,
  },
]

/**
 * One table: each figure beside its aim and beside the baselines on the same years, with the difference to each and its
 * 95 % interval over seeds (t distribution; none for one seed).
 */
export function yearTable(runs: { name: string; years: YearFigures[] }[], appliances: number): string {
  const [own, ...baselines] = runs
  if (!own) return ''
  const head = ['', 'aim', own.name, ...baselines.flatMap(({ name }) => [name, 'difference'])]
  const rows = lines.map(({ name, aim, of, show }) => {
    const values = own.years.map((year) => of(year, appliances))
    const middle = (list: number[]): string => {
      const known = list.filter((value) => !Number.isNaN(value))
      return known.length === 0 ? '–' : show(mean(known))
    }
    return [
      name,
      aim,
      middle(values),
      ...baselines.flatMap(({ years }) => {
        const others = years.map((year) => of(year, appliances))
        return [middle(others), difference(values, others, show)]
      }),
    ]
  })
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** Two-sided 95 % quantiles of Student's t, by degrees of freedom 1 to 9. */
const T95 = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26]

function difference(own: number[], others: number[], show: (value: number) => string): string {
  const pairs = own.map((value, i) => value - (others[i] ?? Number.NaN)).filter((pair) => !Number.isNaN(pair))
  if (pairs.length === 0) return '–'
  const middle = mean(pairs)
  const signed = (value: number): string => `${value >= 0 ? '+' : '−'}${show(Math.abs(value))}`
  if (pairs.length < 2) return signed(middle)
  const sd = Math.sqrt(pairs.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (pairs.length - 1))
  const half = ((T95[pairs.length - 2] ?? 2) * sd) / Math.sqrt(pairs.length)
  return `${signed(middle)} (${signed(middle - half)} to ${signed(middle + half)})`
}
