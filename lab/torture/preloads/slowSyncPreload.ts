// Loaded into the program before it: every sync of a file takes SLOW_SYNC_MS longer, on average, with a long tail.
import { open } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'

const meanMs = Number(process.env.SLOW_SYNC_MS ?? 0)
const file = await open('/dev/null', 'r')
const handle = Object.getPrototypeOf(file) as Record<'sync' | 'datasync', () => Promise<void>>
await file.close()
for (const name of ['sync', 'datasync'] as const) {
  const real = handle[name]
  handle[name] = async function slow(this: unknown) {
    await wait(-Math.log(1 - Math.random()) * meanMs)
    return await real.call(this as never)
  }
}
