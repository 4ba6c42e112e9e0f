import type { MessagePort } from 'node:worker_threads'
import type { AnalysisOutput, FrameGroup, IngestCounters, Millis, Offset, WrongClock } from '../core/index.ts'

/** What the main thread says to the analysis thread. */
export type ToAnalysis =
  | { type: 'group'; group: FrameGroup }
  /** The decisions of everything up to here are in the database. */
  | { type: 'decided'; upTo: Offset }
  /** Send every reading of these. */
  | { type: 'watch'; appliances: string[] }
  | { type: 'close' }

/** One reading on its way to a page. */
export interface Sample {
  appliance: string
  ts: Millis
  metrics: Record<string, number>
}

/** What the analysis thread says to the main thread. */
export type FromAnalysis =
  /** Ready for groups after `from`. `learnsAnew`: its snapshot was of another version, so it knows no appliance. */
  | { type: 'ready'; from: Offset; now: Millis; learnsAnew: boolean; clocks: WrongClock[] }
  | {
      type: 'output'
      output: AnalysisOutput
      samples: Sample[]
      held: number
      counters: IngestCounters
      /** Bytes of journal that this settles: room for as many more. */
      bytes: number
      /** What arrival times newly say of clocks. */
      clocks: WrongClock[]
      /** Telemetry messages with a promise in it. */
      messages: number
    }
  | { type: 'stored'; upTo: Offset }
  /** The state up to here is on disk: a restart begins here. */
  | { type: 'snapshot'; upTo: Offset }
  | { type: 'failed'; error: { code: string; message: string; remedy: string } }
  | { type: 'closed' }

export interface AnalysisData {
  worldDir: string
  clock: 'wall' | 'telemetry'
  catalogDir: string
  modelsDir: string
  storePort: MessagePort
}

export interface StoreData {
  worldDir: string
  catalogDir: string
  influx?: { url: string; version: '1' | '2' | '3'; token?: string; org: string; database: string }
  ports: MessagePort[]
}
