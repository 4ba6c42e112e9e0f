import type { Appliance, Database, EngineerId, Text, UnitOfWork } from '../../core/index.ts'
import { type DeskTask, doTask, listTasks } from '../tickets/taskTable.ts'
import type { TicketServiceOptions } from '../tickets/ticketServiceOptions.ts'
import { type EarningBook, earningBook } from './earningBook.ts'
import {
  bindEngineer,
  boundEngineer,
  isolate,
  liftIsolation,
  passRetraining,
  standingOf,
  startRetraining,
} from './engineerRecord.ts'

/** A task as its desk reads it. */
export type TaskView = Omit<DeskTask, 'what'> & { text: Text }

export interface CrewService extends EarningBook {
  isolate(engineer: EngineerId, by: string, why: string): Promise<void>
  /** The way back, with a reason. */
  lift(engineer: EngineerId, by: string, why: string): Promise<void>
  retrain(engineer: EngineerId, by: string, failureModes: string[], why: string): Promise<void>
  pass(engineer: EngineerId, by: string, failureMode: string, why: string): Promise<void>
  standing(engineer: EngineerId): ReturnType<typeof standingOf>
  bind(appliance: Appliance, by: string, engineer: EngineerId | null): Promise<void>
  boundTo(appliance: Appliance): Promise<EngineerId | undefined>
  tasks(query: Parameters<typeof listTasks>[1]): Promise<TaskView[]>
  doTask(id: string, by: string, outcome: string): Promise<TaskView>
}

export function crewService(
  options: TicketServiceOptions,
  refresh: (tx: UnitOfWork, engineer: EngineerId) => Promise<void>,
  /** Something that a desk did is of importance to its ticket. */
  done: (tx: UnitOfWork, task: DeskTask) => Promise<void>,
): CrewService {
  const { clock, render } = options
  const inWords = ({ what, ...task }: DeskTask): TaskView => ({ ...task, text: render(what) })
  const database: Database = options.database
  /** What changes who may go takes effect on every open ticket at once. */
  const change = (engineer: EngineerId, work: (tx: UnitOfWork) => Promise<void>): Promise<void> =>
    database.transaction(async (tx) => {
      await work(tx)
      await refresh(tx, engineer)
    })
  return {
    ...earningBook(options),
    isolate: (id, by, why) => change(id, (tx) => isolate(tx, id, clock.now(), by, why)),
    lift: (id, by, why) => change(id, (tx) => liftIsolation(tx, id, clock.now(), by, why)),
    retrain: (id, by, modes, why) => change(id, (tx) => startRetraining(tx, id, modes, clock.now(), by, why)),
    pass: (id, by, mode, why) => change(id, (tx) => passRetraining(tx, id, mode, clock.now(), by, why)),
    standing: (id) => standingOf(database, id),
    bind: (appliance, by, engineer) =>
      database.transaction((tx) => bindEngineer(tx, appliance, engineer, clock.now(), by)),
    boundTo: (appliance) => boundEngineer(database.query, appliance),
    tasks: async (query) => (await listTasks(database, query)).map(inWords),
    doTask: async (id, by, outcome) =>
      inWords(
        await database.transaction(async (tx) => {
          const task = await doTask(tx, id, clock.now(), by, outcome)
          await done(tx, task)
          return task
        }),
      ),
  }
}
