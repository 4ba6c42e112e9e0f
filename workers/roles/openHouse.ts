import { join } from 'node:path'
import { type Settings, sharedNameOf, type TelemetryLog, type World } from '../../core/index.ts'
import { announceChanges } from '../../database/index.ts'
import { edgeStateOf, openEdgeBook, openIntake, openJournal, openRedisStream, openTaken } from '../../ingest/index.ts'
import { hearUsedSecrets, type TicketView, takeAnswers } from '../../service/index.ts'
import type { Ending } from '../ending.ts'
import type { Ingress } from '../openIngress.ts'
import { readChanged } from './changedRows.ts'
import { rolesNeed } from './roles.ts'

/** Of whose rows edges hear, and the house itself. */
const told = ['appliance', 'device', 'applianceCommand', 'commandAnswer']

/** The name by which the processes of one installation find each other, on PostgreSQL and on Redis. */
export const sharedName = (world: World): string => `hearthwatch_${sharedNameOf(world)}`

/**
 * Everything behind the doors, with the doors elsewhere: its journal keeps what edges acknowledged, and from there on all is
 * as it is in one process.
 * @throws Problem `role-needs-setting`
 */
export function openHouse(settings: Settings, world: World, { opened, ingressOpened, onRetryableError }: Ending) {
  const { postgres, redis } = rolesNeed(settings)
  const log = Promise.withResolvers<Awaited<ReturnType<typeof openTaken>>>()
  return {
    async openLog(dir: string): Promise<TelemetryLog> {
      const taken = await openTaken(await openJournal({ dir }), join(world.dir, 'edges.json'))
      log.resolve(taken)
      return taken.log
    },
    /** From here on it takes in what edges have. @param tell a ticket changed */
    async begin({ database, registry, desk, admission, secretKey }: Ingress, tell: (ticket: TicketView) => void) {
      const book = openEdgeBook(database)
      const schema = sharedName(world)
      await announceChanges({ url: postgres, schema, tables: told })
      const answered = () =>
        takeAnswers(database, async (ack) => {
          const ticket = await desk.commandAnswered(ack)
          if (ticket) tell(ticket)
        })
      const changes = readChanged({
        url: postgres,
        schema,
        readers: { device: () => hearUsedSecrets(database, registry), commandAnswer: answered },
        onRetryableError,
      })
      opened(() => changes.close())
      const stream = await openRedisStream({ url: redis, prefix: schema, onRetryableError })
      opened(() => stream.close())
      const taken = await log.promise
      const counted = admission.carried
      const intake = openIntake({ log: taken.log, taken, stream, book, counted, onRetryableError })
      ingressOpened(() => intake.close())
      // Last: an edge that finds it may begin.
      await book.isHouse(secretKey)
      return async () => (await book.all()).map(edgeStateOf)
    },
  }
}
