import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { createAnalysis, modelsOfSnapshot } from '../../analytics/index.ts'
import { loadCatalog } from '../../catalog/index.ts'
import {
  type AnalysisInput,
  type AnalysisOutput,
  type Copy,
  type FrameGroup,
  type Hearing,
  monotonicMs,
  type Offset,
  type Piece,
  Problem,
  type StoredBatch,
  type WrongClock,
} from '../../core/index.ts'
import {
  addCounters,
  createIngestStage,
  framesApart,
  joinGroups,
  openCatalogVersions,
  patiently,
  remoteTelemetryStore,
} from '../../ingest/index.ts'
import { giveBackWhenIdle } from '../giveBack.ts'
import type { AnalysisData, FromAnalysis, ToAnalysis } from '../protocol.ts'
import { analysisMark, type CarefulStretch, type Place } from '../suspects.ts'
import { behindTheDoor } from './behindTheDoor.ts'
import { ByteBudget } from './byteBudget.ts'
import { openMark } from './mark.ts'
import { samplesOf } from './samples.ts'
import { ShadowFeed } from './shadowFeed.ts'
import { readSnapshot, SnapshotWriter } from './snapshotFile.ts'

/** Snapshots follow each other after this, or later, so that they take no more of the thread than this share. */
const SNAPSHOT_EVERY_MS = 15_000
const SNAPSHOT_SHARE = 1 / 30
/** A snapshot is copied in steps of so many appliances between groups; when the disk lags, steps wait for it. */
const SNAPSHOT_STEP = 64
const SNAPSHOT_WAITING_BYTES = 16 << 20
/** The first one comes sooner: a program that is killed again and again would else begin at the same place every time. */
const FIRST_SNAPSHOT_MS = 3_000
/**
 * Journal bytes that the store may still have to commit; above it the next group waits. Each group counts for what its
 * batch costs besides, so that small ones are bounded in number too (some 3,000: the store commits five times a second).
 */
const UNSTORED_BYTES = 64 << 20
const BATCH_BYTES = 20 << 10
/** Groups that wait are handled together up to so much: asking the store costs the same for one reading as for many. */
const JOINED_BYTES = 256 << 10
/** No frame's fault, and nothing that another try would mend. */
const forAPerson: ReadonlySet<string> = new Set(['catalog-version-missing', 'store-refused'])
/** A page may want to know. */
const DRIFT_EVERY_MS = 3_000

const data = workerData as AnalysisData
behindTheDoor()
const port = parentPort
if (!port) throw new Error('this file is a worker thread')
const tell = (message: FromAnalysis): void => port.postMessage(message)

try {
  const snapshotPath = join(data.worldDir, 'analysis.snapshot')
  const catalog = loadCatalog(data.catalogDir)
  const store = remoteTelemetryStore(data.storePort)
  const saved = await readSnapshot(snapshotPath)
  const versions = openCatalogVersions(data.worldDir, catalog)
  const { upTo: committed, counters } = await patiently(() => store.begin())
  // What a person sets aside that the store has already stays there.
  const aside = new Map(
    data.aside
      .filter(({ offset, place }) => place !== 'repair' || offset > committed)
      .map(({ offset, error }) => [offset, error]),
  )
  const mark = openMark(analysisMark(data.worldDir))
  const stage = createIngestStage(
    {
      catalog,
      versions,
      asideBecause: (offset) => aside.get(offset),
      onRetryableError: (error) => tell({ type: 'retrying', message: error.message }),
      clockKind: data.clock,
      known: (keys) => mark.asking(store.known(keys)),
      events: (...range) => mark.asking(store.events(...range)),
      latest: (appliances) => mark.asking(store.latest(appliances)),
    },
    saved?.pieces.length ? saved.pieces : undefined,
  )
  const dirOf = (set: string): string => join(data.modelsRoot, set)
  const first = saved ? data.models : data.firstModels
  const options = { catalog, clock: data.clock, modelsDir: dirOf(first), versions: { first, dirOf } }
  let learnsAnew = false
  // Of another version: what was stored and decided stands, and detection learns anew; refusing would end the world.
  const analysis = await createAnalysis(options, saved?.pieces).catch((error: unknown) => {
    if (!(error instanceof Problem) || error.code !== 'stale-snapshot') throw error
    learnsAnew = true
    return createAnalysis(options)
  })
  const judgedBy = learnsAnew ? undefined : modelsOfSnapshot(saved?.pieces)
  const lost = judgedBy === undefined || judgedBy === analysis.models() ? {} : { lostModels: judgedBy }

  let from: Offset = saved?.upTo ?? 0
  let stored: Offset = committed
  let decided: Offset = from
  let watched = new Set<string>()
  /** A snapshot that is being copied, then waits for the store and the database, then is being finished. */
  let pending: { writer: SnapshotWriter; copies: Copy[]; finishing?: Promise<void> } | undefined
  let nextSnapshot = monotonicMs() + FIRST_SNAPSHOT_MS
  let copyingMs = 0
  const unstored = new ByteBudget(UNSTORED_BYTES)
  const queue: FrameGroup[] = []
  let wake: () => void = () => {}
  let nextDrift = 0
  let closing = false
  let stumbled = false
  let shadow: ShadowFeed | undefined

  port.on('message', (message: ToAnalysis) => {
    switch (message.type) {
      case 'group':
        queue.push(message.group)
        return wake()
      case 'decided':
        decided = message.upTo
        saveWhenDone()
        return wake()
      case 'watch':
        watched = new Set(message.appliances)
        return
      case 'shadow':
        shadow?.end('replaced')
        shadow = new ShadowFeed(message.port, (because) => tell({ type: 'shadow-ended', because }))
        // It need not wait for its turn: the next group begins one.
        nextSnapshot = monotonicMs()
        return
      case 'no-shadow':
        shadow?.end('stopped')
        return
      case 'close':
        closing = true
        return wake()
    }
  })
  const stands = { upTo: committed, counters: structuredClone(counters) }
  tell({
    type: 'ready',
    from,
    now: analysis.now(),
    learnsAnew,
    clocks: stage.wrongClocks(),
    hearings: stage.hearings(),
    stored: stands,
    ...lost,
  })
  tellDrift()
  giveBackWhenIdle()

  while (!stumbled && (!closing || queue.length > 0)) {
    const group = nextGroup()
    if (!group && pending?.copies.length) {
      copySome()
      await nextTurn()
      continue
    }
    if (!group) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      continue
    }
    const careful = carefulOf(group)
    const alone = careful.some(({ place }) => place === 'store')
    for (const part of careful.length > 0 ? framesApart(group) : [group]) {
      if (!stumbled) await handle(part, alone)
    }
    // A snapshot stands between groups: the journal is read by whole ones.
    if (stumbled) break
    if (monotonicMs() >= nextDrift) tellDrift()
    if (pending) copySome()
    else if (monotonicMs() >= nextSnapshot) takeSnapshot()
  }
  if (stumbled) {
    mark.end()
    // Nothing of this state is used any more; another thread begins where the last snapshot stands.
    await new Promise(() => undefined)
  }
  await unstored.empty()
  // The last decisions are on their way to the database: no snapshot may stand ahead of what it has of them.
  await pendingDone()
  takeSnapshot()
  await pendingDone()
  tell({ type: 'closed' })

  /**
   * What waits, together, as far as none of it has to be handled apart: as what is suspected, and what may be stored or
   * decided up to any group.
   */
  function nextGroup(): FrameGroup | undefined {
    let [count, bytes] = [0, 0]
    for (const group of queue) {
      const isApart = group.from < data.newFrom || carefulOf(group).length > 0
      bytes += group.bytes.byteLength
      if (count > 0 && (isApart || bytes > JOINED_BYTES)) break
      count++
      if (isApart) break
    }
    return count > 0 ? joinGroups(queue.splice(0, count)) : undefined
  }
  function carefulOf(group: FrameGroup): CarefulStretch[] {
    return data.careful.filter(({ from, upTo }) => from < group.upTo && upTo > group.from)
  }

  /** @param alone the store commits it before the next is handled */
  async function handle(group: FrameGroup, alone: boolean): Promise<void> {
    const bytes = group.bytes.byteLength
    mark.begin(group.from, group.upTo, group.frames)
    let batch: StoredBatch
    let input: AnalysisInput
    let output: AnalysisOutput
    let clocks: WrongClock[]
    let hearings: Hearing[]
    try {
      const done = await stage.take(group)
      ;({ batch, input, clocks, hearings } = done)
      output = await analysis.accept(input)
    } catch (error) {
      // What a failure leaves half done is thrown away with all of this thread's state.
      stumble(group, 'analysis', error as Error)
      return
    }
    mark.end()
    if (output.swaps.length > 0) shadow?.end('swapped')
    shadow?.hear(input, group.bytes.byteLength)
    batch.features = output.features
    batch.cycles = output.cycles
    const samples = samplesOf(input.readings, catalog, watched)
    tell({
      type: 'output',
      output: { ...output, features: [], cycles: [] },
      samples,
      held: analysis.held(),
      frames: group.frames,
      bytes,
      clocks,
      hearings,
    })
    const weight = bytes + BATCH_BYTES
    await unstored.enter(weight)
    const counted = batch.counters
    const kept = store.append(batch).then(
      () => {
        unstored.leave(weight)
        stored = group.upTo
        // What the store had committed already does not count again.
        if (group.upTo > committed) addCounters(counters, counted)
        tell({ type: 'stored', upTo: stored, counters })
        saveWhenDone()
      },
      (error: Error) => {
        if (error instanceof Problem && error.retryable) return
        stumble(group, 'store', error)
      },
    )
    from = group.upTo
    if (alone) await kept
  }

  function stumble(group: FrameGroup, place: Place, error: Error): void {
    if (stumbled) return
    if (error instanceof Problem && forAPerson.has(error.code)) {
      fail(error)
      return
    }
    stumbled = true
    const { from, upTo, frames } = group
    tell({ type: 'stumbled', stretch: { from, upTo, frames }, place, error: `${place}: ${error.message}` })
    wake()
  }

  function tellDrift(): void {
    nextDrift = monotonicMs() + DRIFT_EVERY_MS
    tell({ type: 'drift', kinds: analysis.drift(), shadowBytes: shadow?.waitingBytes ?? 0 })
  }
  async function pendingDone(): Promise<void> {
    while (pending || decided < from) {
      copySome()
      if (pending?.copies.length) await nextTurn()
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  }
  function takeSnapshot(): void {
    const writer = new SnapshotWriter(snapshotPath, from)
    shadow?.snapshotBegan()
    copyingMs = 0
    // Most pieces are handed out as readings come, few by the steps.
    const out = (piece: Piece): void => {
      const began = monotonicMs()
      writer.add(piece)
      copyingMs += monotonicMs() - began
    }
    pending = { writer, copies: [stage.copy(out), analysis.copy(out)] }
  }
  /** A step of the copy, when the disk keeps up. */
  function copySome(): void {
    const copy = pending?.copies[0]
    if (!pending || !copy || pending.writer.waitingBytes > SNAPSHOT_WAITING_BYTES) return
    if (copy.step(SNAPSHOT_STEP)) pending.copies.shift()
    if (pending.copies.length > 0) return
    nextSnapshot = monotonicMs() + Math.max(SNAPSHOT_EVERY_MS, copyingMs / SNAPSHOT_SHARE)
    saveWhenDone()
  }
  /** A snapshot stands once the store and the database are as far as it is: so it never runs ahead. */
  function saveWhenDone(): void {
    if (!pending || pending.copies.length > 0 || pending.finishing) return
    const { writer } = pending
    if (stored < writer.upTo || decided < writer.upTo) return
    pending.finishing = writer.finish().then(
      (stands) => {
        pending = undefined
        wake()
        if (!stands) return
        shadow?.snapshotStands(snapshotPath, writer.upTo)
        tell({ type: 'snapshot', upTo: writer.upTo })
      },
      (error: Error) => fail(error),
    )
  }
} catch (error) {
  fail(error as Error)
}

function fail(error: Error): void {
  const problem = error instanceof Problem ? error : undefined
  tell({
    type: 'failed',
    error: {
      code: problem?.code ?? 'analysis-failed',
      message: problem ? error.message : (error.stack ?? error.message),
      remedy:
        problem?.remedy ?? 'Nothing acknowledged is lost: it goes on from the journal at the next start. Report this.',
    },
  })
}
