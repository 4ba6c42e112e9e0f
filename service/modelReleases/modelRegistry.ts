import {
  type AlertRecords,
  type Clock,
  type Database,
  hash64,
  type Millis,
  type ModelsSwapped,
  Problem,
  type UnitOfWork,
} from '../../core/index.ts'
import { enqueueControl, readable } from '../../database/index.ts'
import type { TrueFault } from '../quality/scoreboard.ts'
import type { VersionSpan } from '../quality/scoreSlices.ts'
import { foundSince, openedInShadow, openedLive } from './evidence.ts'
import { againstPromotion, sayAgainst } from './mayPromote.ts'
import type { Comparison, KindSummary, KnownSet, ModelsView, ShadowAlert } from './modelsView.ts'
import { comparison, kindSummaries } from './modelTable.ts'
import { type ModelSwap, type Standing, type SwapAction, standingOf } from './releaseState.ts'
import { shadowAlertsOf } from './shadowAlerts.ts'
import { spansOf } from './shadowTable.ts'
import { type Opened, weighShadow } from './weighShadow.ts'

const HISTORY = 30
/** A snapshot may be older than the last of them. */
const SWAPS_KEPT = 8

/** Which version of the models is in force, which one is offered, and how both fare; every change is recorded. */
export class ModelRegistry {
  readonly #database: Database
  readonly #alerts: AlertRecords
  readonly #clock: Clock
  constructor({ database, alerts, clock }: { database: Database; alerts: AlertRecords; clock: Clock }) {
    this.#database = database
    this.#alerts = alerts
    this.#clock = clock
  }

  readonly #swapsOf = async (
    tx: Pick<UnitOfWork, 'selectFrom'>,
  ): Promise<(ModelSwap & { figures: string | null })[]> => {
    const rows = await tx.selectFrom('modelSwap').selectAll().orderBy('seq').execute()
    return rows.map(({ seq: _, ...row }) => ({ ...row, action: row.action as SwapAction }))
  }
  readonly standing = async (): Promise<Standing> => standingOf(await this.#swapsOf(this.#database.query))

  readonly known = async (set: string): Promise<KnownSet> => {
    const row = await this.#database.query
      .selectFrom('modelSet')
      .select(['body', 'source'])
      .where('id', '=', set)
      .executeTakeFirst()
    return { set, kinds: row ? kindSummaries.read(row.body, set) : [], source: row?.source ?? 'unknown' }
  }
  readonly #offered = () =>
    this.#database.query
      .selectFrom('modelSet')
      .select(['id', 'offeredAt'])
      .where('offeredAt', 'is not', null)
      .executeTakeFirst()

  /** Asks detection to go over to another version: through the journal, so that it has its place there. */
  readonly #ask = async (
    tx: UnitOfWork,
    action: SwapAction,
    toSet: string,
    { by, why, figures }: { by: string; why: string; figures?: Comparison },
  ): Promise<string> => {
    const swaps = await this.#swapsOf(tx)
    const { inForce, pending } = standingOf(swaps)
    if (pending) throw underWay(pending)
    const id = `ms-${hash64(`${swaps.length}/${action}/${toSet}`)}`
    await tx
      .insertInto('modelSwap')
      .values({
        id,
        action,
        fromSet: inForce,
        toSet,
        askedAt: this.#clock.now(),
        by,
        why,
        figures: figures ? JSON.stringify(figures) : null,
        offset: null,
        at: null,
        refused: null,
      })
      .execute()
    await enqueueControl(tx, { type: 'models', appliance: '', set: toSet, swap: id })
    return id
  }

  /** @returns null before the candidate has run in shadow beside what is in force */
  readonly #compare = async (
    candidate: string,
    { inForce, since }: Standing,
    truth?: readonly TrueFault[],
  ): Promise<Comparison | null> => {
    const spans = await spansOf(this.#database, candidate, since)
    const [first, last] = [spans[0], spans.at(-1)]
    if (!first || !last) return null
    const isWithin = ({ openedAt }: Opened): boolean =>
      spans.some(({ beganAt, upTo }) => openedAt >= beganAt && openedAt <= upTo)
    const [live, shadow, found, ours, theirs] = await Promise.all([
      openedLive(this.#alerts, this.#database, first.beganAt, last.upTo),
      openedInShadow(this.#database, candidate),
      foundSince(this.#alerts, this.#database, first.beganAt),
      this.known(inForce),
      this.known(candidate),
    ])
    const applianceDays = spans.reduce((sum, span) => sum + span.applianceDays, 0)
    const span = { from: first.beganAt, to: last.upTo, applianceYears: applianceDays / 365 }
    const records = {
      inForce: weighShadow(live.filter(isWithin), found, span, truth),
      candidate: weighShadow(shadow.filter(isWithin), found, span, truth),
    }
    const heldOut = { inForce: notedHeldOut(ours.kinds), candidate: notedHeldOut(theirs.kinds) }
    return {
      from: span.from,
      to: span.to,
      applianceDays,
      ...records,
      against: againstPromotion({ applianceDays, ...records, heldOut }),
    }
  }

  readonly candidate = async (): Promise<{ set: string; offeredAt: Millis } | null> => {
    const row = await this.#offered()
    return row ? { set: row.id, offeredAt: row.offeredAt ?? 0 } : null
  }
  /** What the journal of this world began with. */
  readonly first = async (): Promise<string | null> => {
    return (await this.#swapsOf(this.#database.query))[0]?.toSet ?? null
  }
  /** The version that the program's folder held when this world last heard of it; null for a world that never did. */
  readonly folderSet = async (): Promise<string | null> => {
    const swaps = await this.#swapsOf(this.#database.query)
    return swaps.findLast(({ action }) => action === 'first' || action === 'adopt')?.toSet ?? null
  }
  readonly isKnown = async (set: string): Promise<boolean> =>
    (await this.#database.query.selectFrom('modelSet').select('id').where('id', '=', set).executeTakeFirst()) !==
    undefined
  /** Hears of a version: what its sidecars say. */
  readonly hear = (set: string, kinds: KindSummary[], source: string): Promise<void> =>
    this.#database.transaction(async (tx) => {
      await tx
        .insertInto('modelSet')
        .values({ id: set, body: JSON.stringify(kinds), source, offeredAt: null, declinedAt: null })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ body: JSON.stringify(kinds) }))
        .execute()
    })
  /** It is in force from the start of this world, or because what was cannot be used any more. */
  readonly begin = (action: 'first' | 'fallback', set: string, why: string): Promise<void> =>
    this.#database.transaction(async (tx) => {
      const swaps = await this.#swapsOf(tx)
      await tx
        .insertInto('modelSwap')
        .values({
          id: `ms-${hash64(`${swaps.length}/${action}/${set}`)}`,
          action,
          fromSet: standingOf(swaps).inForce,
          toSet: set,
          askedAt: this.#clock.now(),
          by: 'hearthwatch',
          why,
          figures: null,
          offset: 0,
          // It always was, so to say; and the world's time is not this.known before detection runs.
          at: action === 'first' ? null : this.#clock.now(),
          refused: null,
        })
        .execute()
    })
  /** It is the candidate from now on, in the place of another. @returns whether it was taken */
  readonly offer = (set: string, { anew }: { anew: boolean }): Promise<boolean> =>
    this.#database.transaction(async (tx) => {
      const { inForce } = standingOf(await this.#swapsOf(tx))
      const row = await tx.selectFrom('modelSet').select('declinedAt').where('id', '=', set).executeTakeFirst()
      if (set === inForce || (row?.declinedAt && !anew)) return false
      await tx.updateTable('modelSet').set({ offeredAt: null }).where('id', '!=', set).execute()
      await tx
        .updateTable('modelSet')
        .set({ offeredAt: this.#clock.now(), declinedAt: null })
        .where('id', '=', set)
        .where('offeredAt', 'is', null)
        .execute()
      return true
    })
  /** It is the candidate no longer; `declined`: a person said so, and a folder that holds it does not offer it again. */
  readonly withdraw = (set: string, declined: boolean): Promise<void> =>
    this.#database.transaction(async (tx) => {
      await tx
        .updateTable('modelSet')
        .set({ offeredAt: null, ...(declined ? { declinedAt: this.#clock.now() } : {}) })
        .where('id', '=', set)
        .execute()
    })
  /** The folder's own models are others now (a program update, or a promotion by command). */
  readonly adopt = (set: string, why: string): Promise<string> =>
    this.#database.transaction((tx) => this.#ask(tx, 'adopt', set, { by: 'hearthwatch', why }))
  /**
   * Puts the candidate in force, when nothing speaks against it, or a person says why it should be all the same.
   * @throws Problem `no-candidate`, `candidate-is-worse`, `swap-under-way`
   */
  readonly promote = async (
    by: string,
    override: string | undefined,
    truth?: readonly TrueFault[],
  ): Promise<string> => {
    const candidate = await this.#offered()
    if (!candidate) {
      throw new Problem({
        code: 'no-candidate',
        message: 'There is no candidate to promote.',
        remedy: '`npm run train` makes one in the models folder; it runs in shadow first.',
        status: 409,
      })
    }
    const figures = await this.#compare(candidate.id, await this.standing(), truth)
    const against = figures ? figures.against.map(sayAgainst) : ['it has not run in shadow yet']
    if (against.length > 0 && override === undefined) {
      throw new Problem({
        code: 'candidate-is-worse',
        message: `The candidate ${candidate.id} is not promoted: ${against.join('; ')}.`,
        remedy: 'Let it run in shadow for longer, or say in `override` why it should be in force all the same.',
        concerns: candidate.id,
        status: 409,
      })
    }
    const why =
      against.length === 0 ? 'not worse than the version in force' : `${override} (although ${against.join('; ')})`
    return this.#database.transaction((tx) =>
      this.#ask(tx, 'promote', candidate.id, { by, why, ...(figures ? { figures } : {}) }),
    )
  }
  /** @throws Problem `no-former-models`, `swap-under-way` */
  readonly rollback = async (by: string, why: string): Promise<string> => {
    const { former, pending } = await this.standing()
    if (pending) throw underWay(pending)
    if (former === null) {
      throw new Problem({
        code: 'no-former-models',
        message: 'There is no former version to go back to.',
        remedy: 'A rollback undoes the last promotion; there was none since the last rollback.',
        status: 409,
      })
    }
    return this.#database.transaction((tx) => this.#ask(tx, 'rollback', former, { by, why }))
  }
  /** Detection went over, at this place of the journal: in the transaction of everything that it said up to there. */
  readonly swapped = async (tx: UnitOfWork, swaps: readonly ModelsSwapped[]): Promise<void> => {
    for (const { swap, offset, at, refused } of swaps) {
      const row = await tx
        .selectFrom('modelSwap')
        .select(['action', 'fromSet', 'toSet', 'offset'])
        .where('id', '=', swap)
        .executeTakeFirst()
      if (!row || row.offset !== null) continue
      await tx
        .updateTable('modelSwap')
        .set({ offset, at, refused: refused ?? null })
        .where('id', '=', swap)
        .execute()
      // What is in force is no candidate; what was taken back is one again.
      const candidate = refused === undefined ? row.toSet : null
      if (candidate) await tx.updateTable('modelSet').set({ offeredAt: null }).where('id', '=', candidate).execute()
      if (row.action === 'rollback' && refused === undefined) {
        await tx.updateTable('modelSet').set({ offeredAt: null }).execute()
        await tx.updateTable('modelSet').set({ offeredAt: at }).where('id', '=', row.fromSet).execute()
      }
    }
  }
  /** The this.#alerts that the candidate would have opened, newest first; beside each the one of the version in force. */
  readonly shadowAlerts = async (limit: number): Promise<ShadowAlert[]> => {
    const candidate = await this.#offered()
    return candidate ? shadowAlertsOf(this.#database, this.#alerts, candidate.id, limit) : []
  }
  readonly view = async (truth?: readonly TrueFault[]): Promise<ModelsView> => {
    const swaps = await this.#swapsOf(this.#database.query)
    const stand = standingOf(swaps)
    const { inForce, since, offset, former, pending } = stand
    const candidate = await this.#offered()
    return {
      inForce: { ...(await this.known(inForce)), since, offset },
      candidate: candidate
        ? {
            ...(await this.known(candidate.id)),
            offeredAt: candidate.offeredAt ?? 0,
            spans: await spansOf(this.#database, candidate.id, since),
          }
        : null,
      former: former === null ? null : await this.known(former),
      pending,
      comparison: candidate ? await this.#compare(candidate.id, stand, truth) : null,
      history: readable(swaps.slice(-HISTORY).toReversed(), ({ figures, ...swap }) => ({
        ...swap,
        figures: figures === null ? null : comparison.read(figures, swap.id),
      })),
    }
  }
  /** Which version of each kind's model judged when; up to now. */
  readonly versionSpans = async (now: Millis): Promise<VersionSpan[]> => {
    const swaps = (await this.#swapsOf(this.#database.query)).filter(
      ({ offset, refused }) => offset !== null && refused === null,
    )
    const spans = await Promise.all(
      swaps.map(async ({ toSet, at }, i) => {
        const { kinds } = await this.known(toSet)
        const to = swaps[i + 1]?.at ?? now
        return kinds.map(({ kind, version }) => ({ kind, version, from: at ?? 0, to }))
      }),
    )
    return spans.flat()
  }
  /** Versions whose files may still be asked for: of the last swaps, and what is this.#offered. */
  readonly inUse = async (): Promise<Set<string>> => {
    const swaps = (await this.#swapsOf(this.#database.query)).slice(-SWAPS_KEPT)
    const candidate = await this.#offered()
    return new Set([...swaps.flatMap(({ fromSet, toSet }) => [fromSet, toSet]), ...(candidate ? [candidate.id] : [])])
  }
}

export const openModelRegistry = (options: ConstructorParameters<typeof ModelRegistry>[0]): ModelRegistry =>
  new ModelRegistry(options)

/** Alerts of both versions on one appliance that are no further apart speak of the same fault. */
const notedHeldOut = (kinds: KindSummary[]): unknown => kinds.find(({ heldOut }) => heldOut !== undefined)?.heldOut

const underWay = ({ action, toSet }: ModelSwap): Problem =>
  new Problem({
    code: 'swap-under-way',
    message: `Another change of the models is under way: ${action} to ${toSet}.`,
    remedy: 'Wait until detection has gone over; that takes seconds.',
    status: 409,
    retryable: true,
  })
