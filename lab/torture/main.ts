// `npm run torture [-- FAULT … --kills 100 --messages 1000000 --packets 1000000 --frames 200000 --version 5 --seed 1]`: the real program under each
// fault, and a table at the end. Without a name all faults run, one after the other.
import { choiceOption, readOptions, wholeOption } from '../../scripts/commandOptions.ts'
import { removeDataDir } from '../../test/program.ts'
import { beforeLogin } from './beforeLogin.ts'
import { clockJumps } from './clockJumps.ts'
import { damagedJournal } from './disks/damagedJournal.ts'
import { fullDisk } from './disks/fullDisk.ts'
import { lostTail } from './disks/lostTail.ts'
import { powerCut } from './disks/powerCut.ts'
import { slowDisk } from './disks/slowDisk.ts'
import { asMarkdown, type Finding } from './finding.ts'
import { type PreparedFleet, prepareFleet } from './fleetUnderFault.ts'
import { halfOpen } from './halfOpen.ts'
import { hostile } from './hostile/hostile.ts'
import { killedFleet } from './killedFleet.ts'
import { killLoop } from './killLoop.ts'
import { malformed } from './malformed.ts'
import { fleetOutage, outage } from './outage.ts'
import { outside, outsideFleet } from './outside/outside.ts'
import { roles } from './roles.ts'
import { rolesFleet } from './rolesFleet.ts'
import { storm } from './storm.ts'

const names = [
  'kill',
  'killed-fleet',
  'malformed',
  'hostile',
  'power-cut',
  'damaged-journal',
  'lost-tail',
  'slow-disk',
  'full-disk',
  'postgres',
  'influx',
  'redis',
  'fleet-servers',
  'roles',
  'roles-fleet',
  'clock',
  'before-login',
  'half-open',
  'storm',
  'outside',
  'outside-group',
  'outside-fleet',
] as const
const { values, words } = readOptions(
  'npm run torture',
  {
    kills: wholeOption(1, 100_000, 100),
    messages: wholeOption(1, 1_000_000_000, 1_000_000),
    packets: wholeOption(1, 1_000_000_000, 1_000_000),
    frames: wholeOption(1, 1_000_000_000, 200_000),
    version: choiceOption(['4', '5'], '4'),
    seed: wholeOption(0, 1_000_000_000, 1),
  },
  names,
)
const { seed, kills, messages, packets, frames } = values
const progress = (line: string): void => console.log(line)
const many = { alone: 150, gateways: 30, seed }
/** With fewer messages everything else is shorter, too. */
const share = Math.min(1, messages / 1_000_000)
const some = (full: number, least: number): number => Math.max(least, Math.round(full * share))

/** Of the protocol; 4 is MQTT 3.1.1. */
const version = values.version === '5' ? 5 : 4
const outsideLoad = {
  kills: Math.min(10, kills),
  messages: some(100_000, 3_000),
  version,
  ...many,
  progress,
} as const

let prepared: Promise<PreparedFleet> | undefined
/** Its sound days are played once, for all faults. */
const fleet = (): Promise<PreparedFleet> => {
  prepared ??= prepareFleet()
  return prepared
}

const faults: Record<(typeof names)[number], () => Promise<Finding[]>> = {
  kill: () => killLoop({ kills, messages, version, ...many, progress }),
  'killed-fleet': async () => killedFleet(await fleet(), some(12, 3), seed),
  malformed: () => malformed({ packets, seeds: [seed, seed + 1, seed + 2], version, progress }),
  hostile: async () => hostile({ frames, kills: 5, seed, version, progress }, await fleet()),
  'power-cut': async () => powerCut({ cuts: some(12, 3), messages: some(60_000, 3_000), ...many }, await fleet()),
  'damaged-journal': () => damagedJournal({ flips: 5, messages: some(20_000, 2_000), ...many }),
  'lost-tail': () => lostTail({ cuts: some(12, 3), messages: some(60_000, 3_000), ...many }),
  'slow-disk': async () => slowDisk({ meanMs: 100, messages: some(30_000, 3_000), ...many }, await fleet()),
  'full-disk': async () =>
    fullDisk({ fullMs: some(20_000, 5_000), messages: some(30_000, 3_000), ...many }, await fleet()),
  postgres: () => outage('postgres', { downMs: some(300_000, 5_000), messages: some(30_000, 3_000), ...many }),
  influx: () => outage('influx', { downMs: some(300_000, 5_000), messages: some(30_000, 3_000), ...many }),
  redis: () => outage('redis', { downMs: some(300_000, 5_000), messages: some(30_000, 3_000), ...many }),
  'fleet-servers': async () => fleetOutage(await fleet(), some(300_000, 5_000)),
  roles: () =>
    roles({ downMs: some(10_000, 2_000), messages: some(100_000, 5_000), rounds: some(10, 1), ...many, progress }),
  'roles-fleet': () => rolesFleet(progress),
  clock: async () => clockJumps({ messages: some(30_000, 3_000), ...many }, await fleet()),
  'before-login': () => beforeLogin(),
  'half-open': () => halfOpen(),
  storm: () => storm(some(10_000, 1_000), version),
  outside: async () => [
    ...(await outside({ ...outsideLoad, brokerEnds: 'SIGTERM' })),
    ...(await outside({ ...outsideLoad, brokerEnds: 'SIGKILL' })),
  ],
  'outside-group': () => outside({ ...outsideLoad, version: 5, brokerEnds: 'SIGTERM', group: 'desks' }),
  'outside-fleet': async () => outsideFleet(await fleet(), some(10, 3), version, seed),
}
const findings: Finding[] = []
for (const name of names.filter((one) => words.length === 0 || words.includes(one))) {
  console.log(`— ${name}`)
  findings.push(...(await faults[name]()))
}
if (prepared) await removeDataDir((await prepared).dataDir)
console.log(asMarkdown(findings))
process.exit(findings.every(({ isGood }) => isGood) ? 0 : 1)
