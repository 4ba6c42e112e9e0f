import {
  type AlertRecords,
  type Clock,
  type Database,
  notFound,
  Problem,
  type Rule,
  type RuleBody,
  type RuleLife,
  type RulePreview,
  type UnitOfWork,
} from '../../core/index.ts'
import { enqueueControl, readable } from '../../database/index.ts'
import { nextRuleState, type RuleMove } from './ruleMoves.ts'
import { ruleBody } from './ruleTable.ts'
import { type RuleStep, type RuleView, ruleViews } from './ruleViews.ts'

/** So many may be there that were not withdrawn, and so many may run. */
const MOST_RULES = 500
const MOST_ARMED = 100
const MOST_VERSIONS = 200
/** It would speak of so large a share of its scope that it says nothing of any one: from so many appliances on. */
const EVERYTHING_SHARE = 0.5
const EVERYTHING_FROM = 5

/** The rules that people wrote, each with its versions, its owner and what was done to it. */
export interface RuleBook {
  list(): Promise<RuleView[]>
  /** @throws Problem `not-found` */
  get(id: string): Promise<RuleView>
  /** Another version, a first one where there is none; what runs goes on running. @throws as `check`; `rule-withdrawn`, `too-many-rules` */
  write(id: string, body: RuleBody, by: string): Promise<RuleView>
  /** Keeps what a preview made of the newest version. */
  previewed(id: string, version: number, preview: RulePreview): Promise<void>
  /**
   * @throws Problem `rule-moves` where its state does not allow it; to arm also `rule-preview-first`, `rule-fires-on-everything`
   */
  move(id: string, move: RuleMove, by: string, why: string): Promise<RuleView>
  /** Detection has forgotten everything: it is told again of what runs. */
  announceAgain(): Promise<void>
}

interface RuleBookOptions {
  database: Database
  clock: Clock
  alerts: Pick<AlertRecords, 'ofRules'>
  /** @throws Problem for what no rule may be */
  check: (rule: RuleBody) => void
}

export const openRuleBook = (options: RuleBookOptions): RuleBook => new KeptRules(options)

/** The rules in their tables. */
class KeptRules implements RuleBook {
  readonly #options: RuleBookOptions
  constructor(options: RuleBookOptions) {
    this.#options = options
  }

  list(): Promise<RuleView[]> {
    return ruleViews(this.#options.database, this.#options.alerts)
  }
  async get(id: string): Promise<RuleView> {
    const [view] = await ruleViews(this.#options.database, this.#options.alerts, id)
    if (!view) throw notFound('rule', id)
    return view
  }

  async write(id: string, body: RuleBody, by: string): Promise<RuleView> {
    const { database, clock, check } = this.#options
    check(body)
    await database.transaction(async (tx) => {
      const known = await tx.selectFrom('rule').selectAll().where('id', '=', id).executeTakeFirst()
      if (known?.state === 'withdrawn') throw refused('rule-withdrawn', id, 'It was withdrawn.', 'Write another rule.')
      if (!known) await leaveRoom(tx)
      const version = (known?.version ?? 0) + 1
      if (version > MOST_VERSIONS)
        throw refused('too-many-rules', id, `It has ${MOST_VERSIONS} versions.`, 'Withdraw it, and write another rule.')
      const at = clock.now()
      await tx
        .insertInto('ruleVersion')
        .values({ rule: id, version, at, by, body: JSON.stringify(body), preview: null })
        .execute()
      const row = { kind: body.scope.kind, version, owner: known?.owner ?? by, changedAt: at }
      await tx
        .insertInto('rule')
        .values({ id, state: 'draft', armed: null, ...row })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute()
      await note(tx, id, { at, by, what: 'write', version, why: '' })
    })
    return this.get(id)
  }

  async previewed(rule: string, version: number, preview: RulePreview): Promise<void> {
    await this.#options.database.transaction((tx) =>
      tx
        .updateTable('ruleVersion')
        .set({ preview: JSON.stringify(preview) })
        .where('rule', '=', rule)
        .where('version', '=', version)
        .execute(),
    )
  }

  async move(id: string, move: RuleMove, by: string, why: string): Promise<RuleView> {
    const { database, clock } = this.#options
    const view = await this.get(id)
    const state = nextRuleState[view.state][move]
    const again = move === 'arm' && view.state === 'armed' && view.armed !== view.version
    if (state === view.state && !again)
      throw refused('rule-moves', id, `It is ${view.state}: that cannot be done to it.`, 'See what is done to it.')
    if (move === 'arm') checkArm(view)
    await database.transaction(async (tx) => {
      if (move === 'arm') await leaveRoomToRun(tx)
      const at = clock.now()
      const armed = move === 'arm' ? view.version : view.armed
      const { numUpdatedRows } = await tx
        .updateTable('rule')
        .set({ state, armed, changedAt: at })
        .where('id', '=', id)
        .where('state', '=', view.state)
        .where('version', '=', view.version)
        .executeTakeFirstOrThrow()
      if (numUpdatedRows === 0n) throw refused('rule-moves', id, 'Somebody else has just changed it.', 'Look again.')
      await note(tx, id, { at, by, what: move, version: armed ?? view.version, why })
      const rule = move === 'arm' ? { rule: { ...view.rule, id, version: view.version } } : {}
      if (move === 'arm' || view.state === 'armed')
        await enqueueControl(tx, { type: 'rule', appliance: '', id, ...rule })
    })
    return this.get(id)
  }

  async announceAgain(): Promise<void> {
    const { database } = this.#options
    const rows = await database.query
      .selectFrom('rule')
      .innerJoin('ruleVersion', (join) =>
        join.onRef('ruleVersion.rule', '=', 'rule.id').onRef('ruleVersion.version', '=', 'rule.armed'),
      )
      .select(['rule.id', 'ruleVersion.version', 'ruleVersion.body'])
      .where('rule.state', '=', 'armed')
      .orderBy('rule.id')
      .execute()
    await database.transaction(async (tx) => {
      const armed = readable(rows, ({ id, version, body }): Rule => ({ ...ruleBody.read(body, id), id, version }))
      for (const rule of armed) await enqueueControl(tx, { type: 'rule', appliance: '', id: rule.id, rule })
    })
  }
}

async function note(tx: UnitOfWork, rule: string, step: RuleStep): Promise<void> {
  const last = await tx
    .selectFrom('ruleStep')
    .select(({ fn }) => fn.max('step').as('last'))
    .where('rule', '=', rule)
    .executeTakeFirst()
  await tx
    .insertInto('ruleStep')
    .values({ rule, step: Number(last?.last ?? 0) + 1, ...step })
    .execute()
}

/** Nobody arms what nobody has looked at, nor what speaks of half the fleet. */
function checkArm({ id, version, preview }: RuleView): void {
  if (!preview)
    throw refused(
      'rule-preview-first',
      id,
      `Nobody has looked yet at what version ${version} would have done.`,
      'Preview it first.',
    )
  if (preview.appliances < EVERYTHING_FROM || preview.fired < EVERYTHING_SHARE * preview.appliances) return
  throw refused(
    'rule-fires-on-everything',
    id,
    `It would have spoken of ${preview.fired} of ${preview.appliances} appliances: so it says nothing of any one of them.`,
    'Choose a limit that few pass, or a smaller scope.',
  )
}

async function leaveRoom(tx: UnitOfWork): Promise<void> {
  if ((await counted(tx, 'withdrawn', '!=')) >= MOST_RULES)
    throw refused('too-many-rules', '', `There are ${MOST_RULES} rules.`, 'Withdraw some first.')
}
async function leaveRoomToRun(tx: UnitOfWork): Promise<void> {
  if ((await counted(tx, 'armed', '=')) >= MOST_ARMED)
    throw refused('too-many-rules', '', `${MOST_ARMED} rules are armed.`, 'Pause or withdraw some first.')
}
async function counted(tx: UnitOfWork, state: RuleLife, is: '=' | '!='): Promise<number> {
  const row = await tx
    .selectFrom('rule')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('state', is, state)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

const refused = (code: string, concerns: string, message: string, remedy: string): Problem =>
  new Problem({ code, concerns, message, remedy, status: 409 })
