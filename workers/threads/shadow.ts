// The thread of a candidate: the same detection by other models, on the same readings. It opens nothing and tells nobody.
import { parentPort, workerData } from 'node:worker_threads'
import { createAnalysis } from '../../analytics/index.ts'
import { loadCatalog } from '../../catalog/index.ts'
import type { Analysis, AnalysisInput } from '../../core/index.ts'
import type { ShadowHeard } from '../../service/index.ts'
import type { FromShadow, ShadowData, ShadowSays, ToShadow } from '../protocol.ts'
import { behindTheDoor } from './behindTheDoor.ts'
import { readSnapshot } from './snapshotFile.ts'

/** What it heard is told so much later, together. */
const TELL_EVERY_MS = 500

const data = workerData as ShadowData
behindTheDoor()
const { port } = data
const say = (message: ShadowSays): void => parentPort?.postMessage(message)
const done = (weight: number): void => port.postMessage({ type: 'done', weight } satisfies FromShadow)

const catalog = loadCatalog(data.catalogDir)
let analysis: Analysis | undefined
const waiting: { input: AnalysisInput; weight: number }[] = []
let working: Promise<void> = Promise.resolve()
/** What is not told yet. */
const nothing = (): ShadowHeard => ({ upTo: 0, applianceDays: 0, said: [] })
let heard = nothing()
let telling: NodeJS.Timeout | undefined

port.on('message', (message: ToShadow) => {
  switch (message.type) {
    case 'open':
      working = working.then(() => open(message.path, message.upTo)).catch(fail)
      return
    case 'input':
      waiting.push(message)
      working = working.then(work).catch(fail)
  }
})

async function open(path: string, upTo: number): Promise<void> {
  const saved = analysis ? null : await readSnapshot(path)
  // Already open, or another snapshot has taken its place meanwhile: the next one will do.
  if (!saved || saved.upTo !== upTo) {
    if (!analysis) throw new Error('the snapshot was replaced before it was read')
    return
  }
  analysis = await createAnalysis(
    {
      catalog,
      clock: data.clock,
      modelsDir: data.modelsDir,
      onRow: (item) => {
        if (item.scale === 0) heard.applianceDays++
      },
    },
    saved.pieces,
  )
  say({ type: 'began', at: analysis.now() })
  await work()
}

async function work(): Promise<void> {
  if (!analysis) return
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { now, detections } = await analysis.accept(next.input)
    done(next.weight)
    heard.upTo = now
    for (const { phase, severity, condition, appliance, kind, hypotheses, at } of detections) {
      const failureMode = hypotheses[0]?.failureMode ?? 'unknown'
      const isOver = phase === 'recovered'
      if (isOver || (phase === 'confirmed' && severity !== 'info'))
        heard.said.push({ isOver, condition, appliance, kind, failureMode, at })
    }
    if (!telling) telling = setTimeout(tell, TELL_EVERY_MS)
  }
}

function tell(): void {
  telling = undefined
  say({ type: 'heard', heard })
  heard = nothing()
}

function fail(error: Error): void {
  say({ type: 'failed', message: error.message })
}
