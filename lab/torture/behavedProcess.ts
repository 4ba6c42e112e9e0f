// One appliance that sends a reading, waits for its PUBACK and a little, and sends the next.
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { BehavedOrders, BehavedOutcome } from './behaved.ts'
import { RawClient } from './rawClient.ts'
import { CADENCE_MS, FIRST_TS } from './senders.ts'

const BETWEEN_MS = 10

const client = await RawClient.connect(JSON.parse(process.argv[2] ?? '') as BehavedOrders)
let sent = 0
let goOn = false

async function send(): Promise<BehavedOutcome> {
  const took: number[] = []
  let failed = 0
  while (goOn && failed === 0) {
    const began = performance.now()
    const reading = { ts: FIRST_TS + sent * CADENCE_MS, metrics: { power: sent % 100 } }
    await client.publish('appliances/fridge/good/telemetry', JSON.stringify(reading)).then(
      () => {
        sent++
        took.push(performance.now() - began)
      },
      () => failed++,
    )
    await wait(BETWEEN_MS)
  }
  took.sort((a, b) => a - b)
  return { sent: took.length, p99Ms: took[Math.floor(took.length * 0.99)] ?? Number.NaN, failed }
}

process.send?.('connected')
process.on('disconnect', () => process.exit())
for (;;) {
  await once(process, 'message')
  goOn = true
  const running = send()
  await once(process, 'message')
  goOn = false
  process.send?.(await running)
}
