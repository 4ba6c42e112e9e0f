import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { LoopDisk } from '../../lab/torture/disks/loopDisk.ts'
import { lostTail } from '../../lab/torture/disks/lostTail.ts'
import { powerCut } from '../../lab/torture/disks/powerCut.ts'

const load = { cuts: 1, messages: 1_000, alone: 20, gateways: 4, seed: 3 }
const disk = LoopDisk.make(64)
afterAll(() => disk?.remove())

describe.skipIf(!disk)('on a disk that loses what was not synced', () => {
  test('the disk does lose it', () => {
    writeFileSync(join(disk!.dir, 'synced'), 'here', { flush: true })
    writeFileSync(join(disk!.dir, 'not-synced'), 'gone')
    disk!.powerCut()
    expect([existsSync(join(disk!.dir, 'synced')), existsSync(join(disk!.dir, 'not-synced'))]).toEqual([true, false])
  })

  test('a power cut under load takes nothing that was acknowledged, and the program starts by itself', async () => {
    const findings = await powerCut(load)
    expect(findings.length).toBeGreaterThan(8)
    expect(findings.filter(({ isGood }) => !isGood)).toEqual([])
  })
})

test('a journal that ends at its last sync, with a torn or spoiled tail behind it, holds what was acknowledged', async () => {
  const findings = await lostTail(load)
  expect(findings.length).toBeGreaterThan(8)
  expect(findings.filter(({ isGood }) => !isGood)).toEqual([])
})
