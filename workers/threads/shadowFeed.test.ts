import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import { expect, test } from 'vitest'
import type { AnalysisInput } from '../../core/index.ts'
import type { ToShadow } from '../protocol.ts'
import { ShadowFeed } from './shadowFeed.ts'

const input = (upTo: number): AnalysisInput => ({
  upTo,
  readings: [],
  events: [],
  presence: [],
  controls: [],
  ticks: [],
})

test('a shadow hears everything from a snapshot on, and is told where that stands', async () => {
  const { port1, port2 } = new MessageChannel()
  const feed = new ShadowFeed(port1, () => {})
  feed.hear(input(1), 100)
  feed.snapshotBegan()
  feed.hear(input(2), 100)
  feed.snapshotStands('file', 1)
  const heard: ToShadow[] = []
  for (let i = 0; i < 2; i++) heard.push(((await once(port2, 'message')) as [ToShadow])[0])
  expect(heard).toMatchObject([
    { type: 'input', input: { upTo: 2 } },
    { type: 'open', path: 'file', upTo: 1 },
  ])
  feed.end('stopped')
})

test('one that falls behind is given up at a bound, told once, and gets nothing more', () => {
  const { port1 } = new MessageChannel()
  const ended: string[] = []
  const feed = new ShadowFeed(port1, (because) => ended.push(because))
  feed.snapshotBegan()
  // Nothing takes these in, as in a thread that is stuck.
  for (let i = 0; i < 100; i++) feed.hear(input(i), 1 << 20)
  feed.end('stopped')
  expect(ended).toEqual(['lagged'])
})
