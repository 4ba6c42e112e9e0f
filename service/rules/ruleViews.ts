import {
  type AlertRecords,
  type Database,
  type Millis,
  type RuleBody,
  type RuleLife,
  type RulePreview,
  ruleOfDetector,
} from '../../core/index.ts'
import { readable } from '../../database/index.ts'
import { type Counted, countTickets, tally } from '../quality/scoreboard.ts'
import type { RuleMove } from './ruleMoves.ts'
import { ruleBody, rulePreview } from './ruleTable.ts'

export interface RuleStep {
  at: Millis
  by: string
  what: RuleMove | 'write'
  version: number
  why: string
}
export interface RuleView {
  id: string
  state: RuleLife
  version: number
  /** The version that runs, or ran last. */
  armed: number | null
  owner: string
  changedAt: Millis
  /** The newest version. */
  rule: RuleBody
  preview: RulePreview | null
  steps: RuleStep[]
  record: RuleRecord
}

/** What became of what it said: alerts, and tickets as those of any detector. */
export interface RuleRecord {
  opened: number
  standing: number
  confirmed: number
  otherCause: number
  refuted: number
  undecided: number
}

/** Rules with their newest versions, the last changed first; or one. */
export async function ruleViews(
  database: Database,
  alerts: Pick<AlertRecords, 'ofRules'>,
  only?: string,
): Promise<RuleView[]> {
  let wanted = database.query
    .selectFrom('rule')
    .innerJoin('ruleVersion', (join) =>
      join.onRef('ruleVersion.rule', '=', 'rule.id').onRef('ruleVersion.version', '=', 'rule.version'),
    )
    .select(['rule.id', 'rule.state', 'rule.version', 'rule.armed', 'rule.owner', 'rule.changedAt'])
    .select(['ruleVersion.body', 'ruleVersion.preview'])
    .orderBy('rule.changedAt', 'desc')
    .orderBy('rule.id')
  let steps = database.query.selectFrom('ruleStep').selectAll().orderBy('step')
  if (only !== undefined) {
    wanted = wanted.where('rule.id', '=', only)
    steps = steps.where('rule', '=', only)
  }
  const [rows, done] = [await wanted.execute(), Map.groupBy(await steps.execute(), ({ rule }) => rule)]
  const [spoken, counted] = [await alerts.ofRules(database.query), await countTickets(database)]
  const read = ({ body, preview, state, ...row }: (typeof rows)[number]): RuleView => ({
    ...row,
    state: state as RuleLife,
    rule: ruleBody.read(body, row.id),
    preview: preview === null ? null : rulePreview.read(preview, row.id),
    steps: (done.get(row.id) ?? []).map(({ at, by, what, version, why }) => ({
      at,
      by,
      what: what as RuleStep['what'],
      version,
      why,
    })),
    record: {
      ...(spoken.get(row.id) ?? { opened: 0, standing: 0 }),
      ...decided(counted.filter(({ version }) => ruleOfDetector(version)?.id === row.id)),
    },
  })
  return only === undefined ? readable(rows, read) : rows.map(read)
}

function decided(own: Counted[]): Omit<RuleRecord, 'opened' | 'standing'> {
  const { confirmed, otherCause, refuted, undecided } = tally(own)
  return { confirmed, otherCause, refuted, undecided }
}
