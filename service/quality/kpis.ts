import { HOUR, type Millis, type Text } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { TicketThen } from '../tickets/store/storedTicket.ts'
import type { Facts } from './facts.ts'

/** One figure: its value, and of how many it is made; null of none. */
export interface Measured {
  value: number | null
  of: number
}

type Rules = Pick<Policy, 'aims' | 'repairHours' | 'installationHours'>

interface Kpi {
  name: string
  text: Text
  /** What exactly is counted. */
  definition: Text
  unit: 'h' | 'share' | 'cents'
  /** The aim of the policy that stands beside it. */
  aim?: string
  better: 'higher' | 'lower'
  measure(facts: Facts, from: Millis, to: Millis, rules: Rules): Measured
}

const mean = (values: number[]): Measured => ({
  value: values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length,
  of: values.length,
})
const share = (of: number, count: number): Measured => ({ value: of === 0 ? null : count / of, of })
const within = (at: Millis | undefined, from: Millis, to: Millis): boolean => at !== undefined && at >= from && at < to
const clockOf = (ticket: TicketThen, name: string) => ticket.clocks.find((clock) => clock.name === name)
const visitedIn = ({ tickets }: Facts, from: Millis, to: Millis): TicketThen[] =>
  tickets.filter(({ visit }) => within(visit?.endedAt, from, to))
const closedIn = ({ tickets }: Facts, from: Millis, to: Millis): TicketThen[] =>
  tickets.filter(({ closure }) => within(closure?.at, from, to))

/** Every figure has one definition and is measured in one place (S57). */
export const kpis: Kpi[] = [
  {
    name: 'responseHours',
    text: { en: 'Mean response', zh: '平均响应时间' },
    definition: {
      en: 'From the making of a ticket to the first word with its owner, of tickets made in the span.',
      zh: '从工单生成到首次联系用户的时间（期内生成的工单）。',
    },
    unit: 'h',
    aim: 'responseHours',
    better: 'lower',
    measure: ({ tickets }, from, to) =>
      mean(
        tickets
          .filter(({ createdAt }) => within(createdAt, from, to))
          .flatMap((ticket) => {
            const done = clockOf(ticket, 'first-response')?.doneAt
            return done === undefined ? [] : [(done - ticket.createdAt) / HOUR]
          }),
      ),
  },
  {
    name: 'onTime',
    text: { en: 'On time at the door', zh: '准时上门率' },
    definition: { en: 'Visits that began before the end of the time agreed.', zh: '在约定时段结束前开始的上门。' },
    unit: 'share',
    better: 'higher',
    measure: (facts, from, to) => {
      const visits = visitedIn(facts, from, to).filter(({ slot }) => slot)
      return share(visits.length, visits.filter(({ visit, slot }) => (visit?.startedAt ?? 0) <= (slot?.to ?? 0)).length)
    },
  },
  {
    name: 'visitHours',
    text: { en: 'Length of a visit', zh: '上门时长' },
    definition: {
      en: 'From arrival to leaving, of visits that ended in the span.',
      zh: '期内结束的上门，从到达至离开。',
    },
    unit: 'h',
    better: 'lower',
    measure: (facts, from, to) =>
      mean(visitedIn(facts, from, to).map(({ visit }) => ((visit?.endedAt ?? 0) - (visit?.startedAt ?? 0)) / HOUR)),
  },
  {
    name: 'workInTime',
    text: { en: 'Work done in its time', zh: '按时完工率' },
    definition: {
      en: 'Visits no longer than the policy gives for their type: repair or installation.',
      zh: '用时不超过规则（维修或安装）规定的上门。',
    },
    unit: 'share',
    better: 'higher',
    measure: (facts, from, to, rules) => {
      const visits = visitedIn(facts, from, to)
      const inTime = visits.filter(({ visit, job }) => {
        const hours = job === 'installation' ? rules.installationHours : rules.repairHours
        return (visit?.endedAt ?? 0) - (visit?.startedAt ?? 0) <= hours * HOUR
      })
      return share(visits.length, inTime.length)
    },
  },
  {
    name: 'fixedInOneVisit',
    text: { en: 'Fixed in one visit', zh: '一次修复率' },
    definition: {
      en: 'Closed after a single visit, neither opened again nor recalled up to now.',
      zh: '一次上门即结案，且至今未重开、未返修。',
    },
    unit: 'share',
    aim: 'fixedInOneVisit',
    better: 'higher',
    measure: (facts, from, to) => {
      const recalled = new Set(facts.tickets.flatMap(({ recallOf }) => recallOf ?? []))
      const closed = closedIn(facts, from, to).filter(({ visit }) => visit)
      const fixed = closed.filter(
        ({ id, reopened = 0, visits = 1 }) => reopened === 0 && visits === 1 && !recalled.has(id),
      )
      return share(closed.length, fixed.length)
    },
  },
  {
    name: 'satisfaction',
    text: { en: 'Satisfaction', zh: '满意度' },
    definition: {
      en: 'Ratings of four or five stars, of those given in the span.',
      zh: '期内评价中四星及五星的占比。',
    },
    unit: 'share',
    aim: 'satisfaction',
    better: 'higher',
    measure: ({ tickets }, from, to) => {
      const rated = tickets.filter(({ rating }) => within(rating?.at, from, to))
      return share(rated.length, rated.filter(({ rating }) => (rating?.stars ?? 0) >= 4).length)
    },
  },
  {
    name: 'complaints',
    text: { en: 'Complaints', zh: '投诉率' },
    definition: {
      en: 'Visits that ended in the span and brought a complaint: a contradicted card, or a contested bill.',
      zh: '期内结束的上门中引起投诉（检查单不符或账单异议）的占比。',
    },
    unit: 'share',
    aim: 'complaints',
    better: 'lower',
    measure: (facts, from, to) => {
      const visits = visitedIn(facts, from, to)
      const complained = new Set(facts.complaints.map(({ ticket }) => ticket))
      return share(visits.length, visits.filter(({ id }) => complained.has(id)).length)
    },
  },
  {
    name: 'callBackOnTime',
    text: { en: 'Called back in time', zh: '按时回访率' },
    definition: { en: 'Call-backs due in the span that were made by then.', zh: '期内到期的回访中按时完成的占比。' },
    unit: 'share',
    better: 'higher',
    measure: ({ callBacks }, from, to) => {
      const due = callBacks.filter(({ dueAt }) => within(dueAt, from, to))
      return share(due.length, due.filter(({ dueAt, doneAt }) => doneAt !== undefined && doneAt <= dueAt).length)
    },
  },
  {
    name: 'withoutVisit',
    text: { en: 'Settled without a visit', zh: '免上门解决率' },
    definition: {
      en: 'Closed by command or by a guide, and not failed since, of all tickets closed with a cause.',
      zh: '经远程命令或自助指南解决且未复发，占所有有原因结案工单的比例。',
    },
    unit: 'share',
    better: 'higher',
    measure: (facts, from, to) => {
      const closed = closedIn(facts, from, to).filter(({ closure }) => closure?.cause !== 'none')
      const settled = closed.filter(
        ({ remote, guide, visit }) =>
          !visit && (remote?.result === 'done' || (guide?.helped && guide.failedAt === undefined)),
      )
      return share(closed.length, settled.length)
    },
  },
  {
    name: 'billed',
    text: { en: 'Billed for a ticket', zh: '单均收费' },
    definition: { en: 'Mean of what owners pay, of tickets closed in the span.', zh: '期内结案工单的用户平均支付额。' },
    unit: 'cents',
    better: 'lower',
    measure: (facts, from, to) => mean(closedIn(facts, from, to).map(({ bill }) => bill?.totalCents ?? 0)),
  },
]

export interface KpiView extends Measured {
  name: string
  text: Text
  definition: Text
  unit: Kpi['unit']
  better: Kpi['better']
  aim?: number
  trend: (Measured & { from: Millis; to: Millis })[]
}

/** All of them over one span, each with its trend over the spans within. Pure. */
export function measureKpis(facts: Facts, spans: { from: Millis; to: Millis }[], policy: Rules): KpiView[] {
  const from = spans[0]?.from ?? 0
  const to = spans.at(-1)?.to ?? 0
  return kpis.map(({ name, text, definition, unit, better, aim, measure }) => {
    const wanted = aim === undefined ? undefined : policy.aims[aim]
    return {
      name,
      text,
      definition,
      unit,
      better,
      ...measure(facts, from, to, policy),
      ...(wanted === undefined ? {} : { aim: wanted }),
      trend: spans.map((span) => ({ ...span, ...measure(facts, span.from, span.to, policy) })),
    }
  })
}
