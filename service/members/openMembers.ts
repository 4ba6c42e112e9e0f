import {
  type Appliance,
  type Clock,
  type Database,
  isInService,
  newSecret,
  notFound,
  Problem,
} from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { Registry } from '../registry/registryPort.ts'
import { tickets } from '../tickets/store/ticketRepository.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { type CommunityService, communityService, memberOf } from './community.ts'
import { npsOf } from './nps.ts'
import { balanceOf, earn, expire, type PointEntry, redeem } from './points.ts'

/** Points, tier and what may be had for them, of one owner. */
export interface MemberView {
  /** Off: there is nothing, and nothing is earned. */
  isOn: boolean
  balance: number
  /** All that was ever earned: by it goes the tier. */
  earned: number
  tier?: Policy['members']['tiers'][number]
  rewards: Policy['members']['rewards']
  entries: PointEntry[]
}

export interface Members extends CommunityService {
  view(owner: Appliance): Promise<MemberView>
  /** @throws Problem `members-off`, `not-found`, `not-enough-points` */
  redeem(owner: Appliance, reward: string): Promise<MemberView>
  /** How likely they are to recommend us; once a ticket. @throws Problem `too-early`, `answered-already` */
  survey(ticket: Pick<Ticket, 'id' | 'closure'>, score: number): Promise<void>
  nps(): Promise<{
    nps: ReturnType<typeof npsOf>
    months: { month: string; nps: number | null; of: number }[]
    indices: { name: string; at: number; value: number; source: string }[]
  }>
  /** What others measured of us, by name and day. */
  importIndices(rows: readonly { name: string; at: number; value: number; source: string }[]): Promise<number>
}

interface MembersOptions {
  database: Database
  clock: Clock
  policy: Policy
  registry: Pick<Registry, 'all' | 'register'>
}

const MOST_ENTRIES = 200

export function openMembers(options: MembersOptions): Members {
  const { database, clock, policy, registry } = options
  const requireOn = (): Policy['members'] => {
    const { members } = policy
    if (members.isOn) return members
    throw new Problem({
      code: 'members-off',
      message: 'There is no membership here.',
      remedy: 'Switch it on in the rules (`members`).',
      status: 409,
    })
  }
  const own = (owner: Appliance): Appliance[] =>
    registry.all().filter((one) => isInService(one) && one.owner && memberOf(one) === memberOf(owner))

  /** What visits and ratings have earned since it was last looked at, and what has expired. */
  async function settle(owner: Appliance): Promise<void> {
    const rules = requireOn()
    const member = memberOf(owner)
    await database.transaction(async (tx) => {
      for (const { id } of own(owner))
        for (const { id: ref, closure, owner: whose, visit } of await tickets(tx, { appliance: id, isClosed: true })) {
          // What a former owner had is theirs, and who closes by telephone or by a guide had no visit.
          if (!whose || memberOf({ id, owner: whose }) !== member || visit.times?.endedAt === undefined) continue
          const at = clock.now()
          await earn(tx, at, { member, points: rules.perVisit, why: 'visit', ref }, rules.expireDays)
          if (closure.rating)
            await earn(tx, at, { member, points: rules.perRating, why: 'rating', ref }, rules.expireDays)
        }
      await expire(tx, clock.now(), member)
    })
  }

  async function view(owner: Appliance): Promise<MemberView> {
    const rules = policy.members
    if (!rules.isOn) return { isOn: false, balance: 0, earned: 0, rewards: [], entries: [] }
    await settle(owner)
    const { balance, earned, entries } = await balanceOf(database.query, memberOf(owner))
    const tier = rules.tiers.filter(({ from }) => from <= earned).sort((a, b) => b.from - a.from)[0]
    await liftSegment(owner, tier?.segment)
    return {
      isOn: true,
      balance,
      earned,
      ...(tier ? { tier } : {}),
      rewards: rules.rewards,
      entries: entries.slice(0, MOST_ENTRIES),
    }
  }

  /** A tier is a segment of the policy: from now on new tickets are made under its rules (S20). */
  async function liftSegment(of: Appliance, segment: string | undefined): Promise<void> {
    const changed = own(of).filter(
      ({ owner }) => segment !== undefined && owner?.segment !== segment && isLifted(owner?.segment),
    )
    if (changed.length === 0) return
    await registry.register(
      changed.map(({ id, kind, model, owner }) => ({
        id,
        kind,
        model,
        ...(owner && segment ? { owner: { ...owner, segment } } : {}),
      })),
    )
  }
  /** What a person was given by hand (a VIP, a project) no points take away. */
  const isLifted = (segment: string | undefined): boolean =>
    segment === undefined || segment === 'standard' || policy.members.tiers.some((tier) => tier.segment === segment)

  return {
    ...communityService(options, requireOn),
    view,
    async redeem(owner, id) {
      const rules = requireOn()
      const reward = rules.rewards.find((one) => one.id === id)
      if (!reward) throw notFound('reward', id)
      await settle(owner)
      await database.transaction((tx) =>
        redeem(tx, clock.now(), { member: memberOf(owner), reward, ref: newSecret().slice(0, 12) }),
      )
      return view(owner)
    },
    ...surveys(options),
  }
}

/** What owners say after a visit, and what others measured (S59). */
function surveys({
  database,
  clock,
}: Pick<MembersOptions, 'database' | 'clock'>): Pick<Members, 'survey' | 'nps' | 'importIndices'> {
  return {
    async survey({ id, closure }, score) {
      if (!closure.found)
        throw new Problem({
          code: 'too-early',
          message: `Ticket ${id} is not closed yet.`,
          remedy: 'Answer once the visit is over.',
          concerns: id,
          status: 409,
        })
      await database.transaction(async (tx) => {
        const known = await tx.selectFrom('surveyAnswer').select('ticket').where('ticket', '=', id).executeTakeFirst()
        if (known)
          throw new Problem({
            code: 'answered-already',
            message: `Ticket ${id} has its answer already.`,
            remedy: 'Nothing more is asked.',
            concerns: id,
            status: 409,
          })
        await tx.insertInto('surveyAnswer').values({ ticket: id, at: clock.now(), score }).execute()
      })
    },
    async nps() {
      const rows = await database.query.selectFrom('surveyAnswer').select(['at', 'score']).orderBy('at').execute()
      const monthOf = (at: number): string => new Date(Number(at)).toISOString().slice(0, 7)
      const indices = await database.query
        .selectFrom('outsideIndex')
        .selectAll()
        .orderBy('name')
        .orderBy('at')
        .execute()
      return {
        nps: npsOf(rows.map(({ score }) => score)),
        months: [...Map.groupBy(rows, ({ at }) => monthOf(at))].map(([month, own_]) => ({
          month,
          nps: npsOf(own_.map(({ score }) => score))?.nps ?? null,
          of: own_.length,
        })),
        indices: indices.map((row) => ({ ...row, at: Number(row.at) })),
      }
    },
    async importIndices(rows) {
      await database.transaction(async (tx) => {
        for (const row of rows)
          await tx
            .insertInto('outsideIndex')
            .values(row)
            .onConflict((conflict) =>
              conflict.columns(['name', 'at']).doUpdateSet({ value: row.value, source: row.source }),
            )
            .execute()
      })
      return rows.length
    },
  }
}
