import { z } from 'zod'
import {
  type Appliance,
  anyText,
  type Clock,
  type Cut,
  DAY,
  type Database,
  type Millis,
  newSecret,
  notFound,
  Problem,
  personal,
  personOf,
  pseudonymOf,
  type Text,
  upTo,
} from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { Reading } from '../tickets/store/ticketRepository.ts'
import { earn } from './points.ts'

export const postTypes = ['question', 'tip'] as const
export const postStates = ['waiting', 'shown', 'hidden'] as const

/** What somebody asks or advises; never who. */
export interface Post {
  id: string
  kind: string
  type: string
  at: Millis
  text: string
  state: string
  likes: number
}
/** One question to members, with what they said. */
export interface Poll {
  id: string
  kind: string
  model?: string
  question: Text
  options: Text[]
  endsAt: Millis
  votes: number[]
}

export interface CommunityService {
  post(owner: Appliance, type: (typeof postTypes)[number], text: string): Promise<Post>
  /** What is shown to owners of this kind, the most liked first. */
  posts(kind: string): Promise<Cut<Post>>
  /** Of every kind, for who moderates. */
  postsIn(state: string): Promise<Cut<Post>>
  /** Once a member and post; a tip that is liked earns its writer points. @returns likes */
  like(owner: Appliance, post: string): Promise<number>
  moderate(post: string, show: boolean, by: string): Promise<Post>
  openPoll(poll: {
    kind: string
    model?: string | undefined
    question: Text
    options: Text[]
    days: number
  }): Promise<Poll>
  /** With results: of a kind, and of a model where one is given. */
  polls(of: { kind?: string | undefined; model?: string | undefined }): Promise<Poll[]>
  /** One member, one vote. @throws Problem `voted-already`, `poll-ended` */
  vote(owner: Appliance, poll: string, option: number): Promise<Poll>
}

const MOST_POSTS = 100
const question = jsonColumn('poll', 'question', anyText)
const options = jsonColumn('poll', 'options', z.array(anyText))
/** Whoever owns an appliance here, as they are known in the tables of members. */
export const memberOf = ({ id, owner }: Pick<Appliance, 'id' | 'owner'>): string => pseudonymOf(personOf(id, owner))

/** Questions, tips and polls of owners: moderated, without a name, off until the policy says otherwise (S65, S66). */
export function communityService(
  { database, clock, policy }: { database: Database; clock: Clock; policy: Policy },
  requireOn: () => Policy['members'],
): CommunityService {
  return {
    async post(owner, type, text) {
      requireOn()
      const id = `po-${newSecret().slice(0, 16)}`
      return database.transaction(async (tx) => {
        const row = { id, member: memberOf(owner), kind: owner.kind, type, at: clock.now(), state: 'waiting' }
        const words = personal(personOf(owner.id, owner.owner), text)
        await tx
          .insertInto('memberPost')
          .values({ ...row, text: words, moderatedBy: null })
          .execute()
        return one(tx, id)
      })
    },
    posts: async (kind) => (policy.members.isOn ? readPosts(database.query, { kind, state: 'shown' }) : { items: [] }),
    postsIn: (state) => readPosts(database.query, { state }),
    like(owner, post) {
      const rules = requireOn()
      return database.transaction(async (tx) => {
        const row = await tx
          .selectFrom('memberPost')
          .select(['member', 'type', 'state', 'kind'])
          .where('id', '=', post)
          .executeTakeFirst()
        if (row?.state !== 'shown' || row.kind !== owner.kind) throw notFound('post', post)
        const member = memberOf(owner)
        await tx
          .insertInto('memberLike')
          .values({ post, member, at: clock.now() })
          .onConflict((conflict) => conflict.columns(['post', 'member']).doNothing())
          .execute()
        // Nobody earns by liking themselves, and a tip earns once.
        const liked = await tx.selectFrom('memberLike').select('member').where('post', '=', post).execute()
        const others = liked.filter((one) => one.member !== row.member)
        if (row.type === 'tip' && others.length >= rules.likesForTip)
          await earn(
            tx,
            clock.now(),
            { member: row.member, points: rules.perTip, why: 'tip-liked', ref: post },
            rules.expireDays,
          )
        return (await one(tx, post)).likes
      })
    },
    moderate: (post, show, by) =>
      database.transaction(async (tx) => {
        await one(tx, post)
        await tx
          .updateTable('memberPost')
          .set({ state: show ? 'shown' : 'hidden', moderatedBy: by })
          .where('id', '=', post)
          .execute()
        return one(tx, post)
      }),
    ...pollCalls({ database, clock }, requireOn),
  }
}

function pollCalls(
  { database, clock }: { database: Database; clock: Clock },
  requireOn: () => Policy['members'],
): Pick<CommunityService, 'openPoll' | 'polls' | 'vote'> {
  return {
    async openPoll({ kind, model, question: asked, options: choices, days }) {
      requireOn()
      const id = `pl-${newSecret().slice(0, 16)}`
      const at = clock.now()
      return database.transaction(async (tx) => {
        const row = { id, kind, model: model ?? null, opensAt: at, endsAt: at + days * DAY }
        await tx
          .insertInto('poll')
          .values({ ...row, question: JSON.stringify(asked), options: JSON.stringify(choices) })
          .execute()
        return onePoll(await readPolls(tx, id), id)
      })
    },
    polls: async ({ kind, model }) =>
      (await readPolls(database.query)).filter(
        (poll) =>
          (kind === undefined || poll.kind === kind) &&
          (model === undefined || poll.model === undefined || poll.model === model),
      ),
    vote(owner, poll, option) {
      requireOn()
      return database.transaction(async (tx) => {
        const { endsAt, options: choices, kind, model = owner.model } = onePoll(await readPolls(tx, poll), poll)
        const isAsked = kind === owner.kind && model === owner.model
        if (!isAsked || option >= choices.length) throw notFound('option', `${option} of ${poll}`)
        const no = (code: string, message: string) =>
          new Problem({ code, message, remedy: 'Its results are shown.', concerns: poll, status: 409 })
        if (clock.now() >= endsAt) throw no('poll-ended', 'This poll has ended.')
        const member = memberOf(owner)
        const voted = await tx
          .selectFrom('pollVote')
          .select('poll')
          .where('poll', '=', poll)
          .where('member', '=', member)
          .executeTakeFirst()
        if (voted) throw no('voted-already', 'You have voted already.')
        await tx.insertInto('pollVote').values({ poll, member, option, at: clock.now() }).execute()
        return onePoll(await readPolls(tx, poll), poll)
      })
    },
  }
}

const readPosts = async (db: Reading, filter: { id?: string; kind?: string; state?: string }): Promise<Cut<Post>> => {
  let query = db
    .selectFrom('memberPost')
    .leftJoin('memberLike', 'memberLike.post', 'memberPost.id')
    .select((eb) => [
      'memberPost.id',
      'memberPost.kind',
      'memberPost.type',
      'memberPost.at',
      'memberPost.text',
      'memberPost.state',
      eb.fn.count<number>('memberLike.member').as('likes'),
    ])
    .groupBy([
      'memberPost.id',
      'memberPost.kind',
      'memberPost.type',
      'memberPost.at',
      'memberPost.text',
      'memberPost.state',
    ])
  if (filter.id !== undefined) query = query.where('memberPost.id', '=', filter.id)
  if (filter.kind !== undefined) query = query.where('memberPost.kind', '=', filter.kind)
  if (filter.state !== undefined) query = query.where('memberPost.state', '=', filter.state)
  const rows = await query
    .orderBy('likes', 'desc')
    .orderBy('memberPost.at', 'desc')
    .limit(MOST_POSTS + 1)
    .execute()
  return upTo(
    rows.map((row) => ({ ...row, at: Number(row.at), likes: Number(row.likes) })),
    MOST_POSTS,
  )
}
const one = async (db: Reading, id: string): Promise<Post> => {
  const [post] = (await readPosts(db, { id })).items
  if (!post) throw notFound('post', id)
  return post
}
const readPolls = async (db: Reading, id?: string): Promise<Poll[]> => {
  const base = db.selectFrom('poll').selectAll().orderBy('endsAt', 'desc').limit(MOST_POSTS)
  const rows = await (id === undefined ? base : base.where('id', '=', id)).execute()
  const counted = await db
    .selectFrom('pollVote')
    .select((eb) => ['poll', 'option', eb.fn.countAll<number>().as('count')])
    .groupBy(['poll', 'option'])
    .execute()
  return readable(rows, ({ model, question: asked, options: choices, opensAt: _, ...row }) => {
    const all = options.read(choices, row.id)
    const votes = all.map((__, i) =>
      Number(counted.find(({ poll, option }) => poll === row.id && option === i)?.count ?? 0),
    )
    return {
      ...row,
      endsAt: Number(row.endsAt),
      ...(model === null ? {} : { model }),
      question: question.read(asked, row.id),
      options: all,
      votes,
    }
  })
}

function onePoll(polls: readonly Poll[], id: string): Poll {
  const [poll] = polls
  if (!poll) throw notFound('poll', id)
  return poll
}
