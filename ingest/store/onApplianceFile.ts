import type { FoundQuery, FoundRows, TelemetryStore } from '../../core/index.ts'
import type { ApplianceFile } from './applianceFile.ts'
import { scanFound } from './scanFound.ts'

type Answered =
  | 'latest'
  | 'features'
  | 'cycles'
  | 'events'
  | 'found'
  | 'counters'
  | 'quarantine'
  | 'takeFromQuarantine'
  | 'quarantineUse'

/** What every store answers from the appliances' file, wherever its readings are. */
export abstract class OnApplianceFile implements Pick<TelemetryStore, Answered> {
  protected readonly file: ApplianceFile
  constructor(file: ApplianceFile) {
    this.file = file
  }
  /** Resolves when what was given before is committed. */
  protected abstract flush(): Promise<void>

  async latest(...args: Parameters<TelemetryStore['latest']>): ReturnType<TelemetryStore['latest']> {
    return this.file.latest(...args)
  }
  async features(...args: Parameters<TelemetryStore['features']>): ReturnType<TelemetryStore['features']> {
    return this.file.found.features(...args)
  }
  async cycles(...args: Parameters<TelemetryStore['cycles']>): ReturnType<TelemetryStore['cycles']> {
    return this.file.found.cycles(...args)
  }
  async events(...args: Parameters<TelemetryStore['events']>): ReturnType<TelemetryStore['events']> {
    await this.flush()
    return this.file.found.events(...args)
  }
  async found(query: FoundQuery): Promise<FoundRows> {
    await this.flush()
    return scanFound(this.file.found, query)
  }
  async counters(): ReturnType<TelemetryStore['counters']> {
    return this.file.counters
  }
  async quarantine(...args: Parameters<TelemetryStore['quarantine']>): ReturnType<TelemetryStore['quarantine']> {
    return this.file.quarantine.list(...args)
  }
  async takeFromQuarantine(ids: string[]): ReturnType<TelemetryStore['takeFromQuarantine']> {
    return this.file.quarantine.take(ids)
  }
  async quarantineUse(
    ...args: Parameters<TelemetryStore['quarantineUse']>
  ): ReturnType<TelemetryStore['quarantineUse']> {
    return this.file.quarantine.use(...args)
  }
}
