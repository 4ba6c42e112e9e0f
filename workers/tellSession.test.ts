import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Appliance, type FrameIn, wallClock } from '../core/index.ts'
import type { Registry } from '../service/index.ts'
import { tellSession, tellWhoStayedAway } from './tellSession.ts'

test('after a start the end of their sessions is told of gateways and of who speaks on change, unless they are back', async () => {
  const appliances = [
    { id: 'every-minute' },
    { id: 'plug', reports: 'on-change' },
    { id: 'plug-back', reports: 'on-change' },
    { id: 'plug-retired', reports: 'on-change', retiredAt: 1 },
  ] as Appliance[]
  const speaksFor = (ids: string[]) => ({ speaksFor: new Map(ids.map((id) => [id, 'washer'])) })
  const registry = {
    all: () => appliances,
    gateways: () => ['gate', 'gate-back'],
    find: (id: string) => speaksFor(id.startsWith('gate') ? ['every-minute'] : [id]),
    get: (id: string) => appliances.find((one) => one.id === id),
  } as unknown as Registry
  const told: unknown[] = []
  const take = ({ payload }: FrameIn): void => void told.push(JSON.parse(Buffer.from(payload).toString()))
  const stop = tellWhoStayedAway(
    tellSession({ take }, registry, wallClock),
    registry,
    (device) => device.endsWith('-back'),
    1,
  )
  await pause(30)
  stop()
  expect(told).toEqual([
    { type: 'session', appliance: 'gate', online: false },
    { type: 'session', appliance: 'plug', online: false },
  ])
})
