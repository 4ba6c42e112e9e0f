import type { KpiWords } from '../words.ts'

/** What the figures of quality are called, and what exactly each counts. */
export const enKpis: KpiWords = {
  'kpi-responseHours': 'Mean response',
  'kpi-responseHours-counts':
    'From the making of a ticket to the first word with its owner, of tickets made in the span.',
  'kpi-onTime': 'On time at the door',
  'kpi-onTime-counts': 'Visits that began before the end of the time agreed.',
  'kpi-visitHours': 'Length of a visit',
  'kpi-visitHours-counts': 'From arrival to leaving, of visits that ended in the span.',
  'kpi-workInTime': 'Work done in its time',
  'kpi-workInTime-counts': 'Visits no longer than the policy gives for their type.',
  'kpi-fixedInOneVisit': 'Fixed in one visit',
  'kpi-fixedInOneVisit-counts': 'Repairs closed after a single visit, neither opened again nor recalled up to now.',
  'kpi-fixedForAMonth': 'Fixed in one visit, for a month',
  'kpi-fixedForAMonth-counts':
    'Of repairs whose single visit ended 30 to 61 days before the end of the span: neither opened again nor followed by the same fault within 30 days.',
  'kpi-failuresPrevented': 'Failures prevented',
  'kpi-failuresPrevented-counts':
    'Of faults that closures confirmed in the span: those repaired on a prediction, before the owner had to report them.',
  'kpi-satisfaction': 'Satisfaction',
  'kpi-satisfaction-counts': 'Ratings of four or five stars, of those given in the span.',
  'kpi-complaints': 'Complaints',
  'kpi-complaints-counts':
    'Visits that ended in the span and brought a complaint: a contradicted card, or a contested bill.',
  'kpi-callBackOnTime': 'Called back in time',
  'kpi-callBackOnTime-counts': 'Call-backs due in the span that were made by then.',
  'kpi-withoutVisit': 'Settled without a visit',
  'kpi-withoutVisit-counts':
    'Closed by command or by a guide, and not failed since, of all tickets closed with a cause.',
  'kpi-billed': 'Billed for a ticket',
  'kpi-billed-counts': 'Mean of what owners pay, of tickets closed in the span.',
}
