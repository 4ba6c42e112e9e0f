import { expect, test } from 'vitest'
import { fullDisk } from '../../lab/torture/disks/fullDisk.ts'
import { SmallDisk } from '../../lab/torture/disks/smallDisk.ts'

test.skipIf(!SmallDisk.canMake())(
  'on a full disk senders wait, nothing is promised, and with room all goes on',
  async () => {
    const findings = await fullDisk({ fullMs: 2_000, messages: 2_000, alone: 30, gateways: 4, seed: 2 })
    const counts = findings.filter(({ figure }) => figure !== 'room again to first PUBACK')
    expect(counts.length).toBeGreaterThan(8)
    expect(counts.filter(({ isGood }) => !isGood)).toEqual([])
  },
)
