import type { MessagePort } from 'node:worker_threads'
import type {
  AnalysisInput,
  AnalysisOutput,
  FrameGroup,
  Hearing,
  IngestCounters,
  KindDrift,
  Millis,
  Offset,
  QuarantineBounds,
  WrongClock,
} from '../core/index.ts'
import type { ShadowHeard } from '../service/index.ts'
import type { CarefulStretch, Place, SetAside } from './suspects.ts'
import type { Stretch } from './threads/mark.ts'

/** What the main thread says to the analysis thread. */
export type ToAnalysis =
  | { type: 'group'; group: FrameGroup }
  /** The decisions of everything up to here are in the database. */
  | { type: 'decided'; upTo: Offset }
  /** Send every reading of these. */
  | { type: 'watch'; appliances: string[] }
  /** From the next snapshot on, what is heard goes through this port as well. */
  | { type: 'shadow'; port: MessagePort }
  | { type: 'no-shadow' }
  | { type: 'close' }

/** One reading on its way to a page. */
export interface Sample {
  appliance: string
  ts: Millis
  metrics: Record<string, number>
}

/** What the analysis thread says to the main thread. */
export type FromAnalysis =
  /**
   * Ready for groups after `from`. `learnsAnew`: its snapshot was of another version, so it knows no appliance.
   * `lostModels`: it was judged by these, which cannot be used any more.
   */
  | {
      type: 'ready'
      from: Offset
      now: Millis
      learnsAnew: boolean
      clocks: WrongClock[]
      hearings: Hearing[]
      lostModels?: string
      /** Where the store stands, and what it has counted up to there. */
      stored: { upTo: Offset; counters: IngestCounters }
    }
  | {
      type: 'output'
      output: AnalysisOutput
      samples: Sample[]
      held: number
      /** Frames of the journal that it is of. */
      frames: number
      /** Bytes of journal that this settles: room for as many more. */
      bytes: number
      /** What arrival times newly say of clocks. */
      clocks: WrongClock[]
      /** What did not count, of the appliances of which that changed. */
      hearings: Hearing[]
    }
  /** The store has committed up to here: whoever asks it sees what these count. */
  | { type: 'stored'; upTo: Offset; counters: IngestCounters }
  /** Something failed at a stretch: this thread does nothing more, and another one goes on. */
  | { type: 'stumbled'; stretch: Stretch; place: Place; error: string }
  /** Something of our own was left out. */
  | { type: 'retrying'; message: string }
  /** The state up to here is on disk: a restart begins here. */
  | { type: 'snapshot'; upTo: Offset }
  /** Are the models' inputs still what they were? And what waits for the shadow, bytes. */
  | { type: 'drift'; kinds: KindDrift[]; shadowBytes: number }
  /** The shadow gets nothing any more. */
  | { type: 'shadow-ended'; because: string }
  | { type: 'failed'; error: { code: string; message: string; remedy: string } }
  | { type: 'closed' }

export interface AnalysisData {
  worldDir: string
  clock: 'wall' | 'telemetry'
  catalogDir: string
  /** Versions of the models, each in a folder of its id; which one a journal from its start begins with, and which is in force. */
  modelsRoot: string
  firstModels: string
  models: string
  storePort: MessagePort
  /** The journal's end: nobody has stored or decided anything beyond. */
  newFrom: Offset
  /** Frames that go into the quarantine unheard, and stretches whose frames go one by one. */
  aside: SetAside[]
  careful: CarefulStretch[]
}

/** What the live analysis says to a shadow. */
export type ToShadow =
  /** Begin where this snapshot is; all inputs since follow. */
  { type: 'open'; path: string; upTo: Offset } | { type: 'input'; input: AnalysisInput; weight: number }
/** What a shadow says to the live analysis: room for as much more. */
export type FromShadow = { type: 'done'; weight: number }

/** What a shadow says to the main thread. */
export type ShadowSays =
  | { type: 'began'; at: Millis }
  | { type: 'heard'; heard: ShadowHeard }
  | { type: 'failed'; message: string }

export interface ShadowData {
  catalogDir: string
  clock: 'wall' | 'telemetry'
  modelsDir: string
  port: MessagePort
}

export interface StoreData {
  worldDir: string
  catalogDir: string
  /** What is kept of an appliance's refused messages. */
  quarantine: QuarantineBounds
  influx?: { url: string; version: '1' | '2' | '3'; token?: string; org: string; database: string }
  /** Where the store is asked. */
  port: MessagePort
  /** Where its thread is. */
  control: MessagePort
}
/** What the main thread asks the store's thread, besides the store itself. */
export interface StoreThread {
  /** Batches come through this port from now on, and through it alone. */
  analysis(port: MessagePort): void
  close(): Promise<void>
}
