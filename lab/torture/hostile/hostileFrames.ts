// Messages of an appliance that means no harm and is wrong in every way: a grammar over all topics, drawn from a seed.
import type { Random } from '../../../core/index.ts'
import {
  below,
  hostileBytes,
  hostileNames,
  hostileNumbers,
  hostileValue,
  nested,
  pick,
  raw,
  rawTokens,
  render,
} from './hostileWords.ts'

/** Who sends it. Times ahead of a fleet's are for one appliance alone: two of them would move a clock that is theirs. */
export interface HostileSender {
  id: string
  kind: string
  metrics: readonly string[]
  mayRunAhead: boolean
}
export interface HostileFrame {
  topic: string
  payload: Buffer
  qos: 0 | 1 | 2
}

const START = Date.UTC(2026, 4, 1)
/** As long as the fleet's: where others go on for long after its last reading, it is rightly called silent. */
const SPAN_MINUTES = (16 * 24 + 3) * 60

export function drawFrame(random: Random, sender: HostileSender, others: readonly string[]): HostileFrame {
  const kind = random.next()
  const [rest, value] =
    kind < 0.5
      ? (['telemetry', telemetry(random, sender)] as const)
      : kind < 0.72
        ? (['event', event(random, sender)] as const)
        : kind < 0.82
          ? (['status', status(random, sender)] as const)
          : kind < 0.9
            ? (['command/ack', ack(random)] as const)
            : ([pick(random, unknownEndings), hostileValue(random)] as const)
  return {
    topic: topicOf(random, sender, rest, others),
    payload: hostileBytes(render(value), random),
    qos: pick(random, [0, 1, 1, 1, 2] as const),
  }
}

const unknownEndings = ['state', 'telemetry/', 'telemetry/x', 'command', 'Telemetry', '', 'availability'] as const

function topicOf(random: Random, { id, kind }: HostileSender, rest: string, others: readonly string[]): string {
  const how = random.next()
  if (how < 0.96) return `appliances/${kind}/${id}/${rest}`
  if (how < 0.98) return `appliances/${pick(random, ['fridge', 'washer', 'ac', 'constructor'])}/${id}/${rest}`
  return `appliances/${kind}/${pick(random, others)}/${rest}`
}

function ts(random: Random, { mayRunAhead }: HostileSender): unknown {
  const minute = START + below(random, SPAN_MINUTES) * 60_000
  const how = random.next()
  if (how < 0.8) return minute
  if (how < 0.85) return mayRunAhead ? minute + 300 * 86_400_000 : minute
  if (how < 0.9) return pick(random, [Math.round(minute / 1_000), minute * 1_000, minute * 1e6, minute + 0.5])
  return how < 0.95 ? pick(random, hostileNumbers) : hostileValue(random)
}

function reading(random: Random, sender: HostileSender): unknown {
  const metrics: [string, unknown][] = []
  for (const name of sender.metrics) {
    if (random.next() < 0.3) metrics.push([name, odd(random, 0.15, Math.round(random.next() * 1_000) / 10)])
  }
  if (random.next() < 0.1) metrics.push([pick(random, hostileNames), hostileValue(random)])
  if (random.next() < 0.03) for (let i = 0; i < pick(random, [31, 33, 257]); i++) metrics.push([`x${i}`, i])
  const states =
    random.next() < 0.2
      ? [
          ['mode', odd(random, 0.4, 'cool')],
          [pick(random, hostileNames), hostileValue(random)],
        ]
      : []
  const body: [string, unknown][] = [
    ['ts', ts(random, sender)],
    ['metrics', random.next() < 0.03 ? hostileValue(random) : fromEntries(metrics)],
  ]
  if (states.length > 0) body.push(['states', random.next() < 0.1 ? hostileValue(random) : fromEntries(states as [])])
  if (random.next() < 0.1) body.push(['firmware', odd(random, 0.6, '2.1')])
  if (random.next() < 0.05) body.push([pick(random, hostileNames), hostileValue(random)])
  return fromEntries(body)
}

function telemetry(random: Random, sender: HostileSender): unknown {
  const how = random.next()
  if (how < 0.75) return reading(random, sender)
  if (how < 0.987) return Array.from({ length: 1 + below(random, 6) }, () => reading(random, sender))
  if (how < 0.988) return Array.from({ length: pick(random, [0, 999, 1_000, 1_001]) }, () => reading(random, sender))
  return how < 0.994 ? nested(random) : hostileValue(random)
}

function event(random: Random, sender: HostileSender): unknown {
  const body: [string, unknown][] = [
    ['ts', ts(random, sender)],
    ['type', odd(random, 0.1, pick(random, ['error', 'program', 'setting', 'power', 'burst']))],
  ]
  if (random.next() < 0.8) body.push(['code', odd(random, 0.3, pick(random, ['E1', 'E18', 'tub', ...hostileNames]))])
  if (random.next() < 0.4) {
    const count = pick(random, random.next() < 0.05 ? [4_096, 4_097] : [0, 63, 64, 64, 64])
    body.push(
      ['sampleRate', odd(random, 0.2, 4_096)],
      ['unit', odd(random, 0.2, 'mm/s')],
      ['speed', odd(random, 0.2, 1_200)],
      ['points', odd(random, 0.1, count)],
      ['samples', Array.from({ length: count }, (_, i) => (i === 7 ? odd(random, 0.2, 1) : i % 9))],
    )
  }
  if (random.next() < 0.2) body.push([pick(random, hostileNames), hostileValue(random)])
  return fromEntries(body)
}

const status = (random: Random, sender: HostileSender): unknown =>
  fromEntries([
    ['online', odd(random, 0.3, random.next() < 0.5)],
    ...(random.next() < 0.4 ? [['until', ts(random, sender)] as [string, unknown]] : []),
  ])

const ack = (random: Random): unknown =>
  fromEntries([
    ['id', odd(random, 0.4, 'cmd-none')],
    ['result', odd(random, 0.4, pick(random, ['done', 'refused', 'failed', 'constructor']))],
    ...(random.next() < 0.4 ? [['detail', odd(random, 0.5, 'x')] as [string, unknown]] : []),
  ])

/** The good value, or with this share one of the dictionary. */
const odd = (random: Random, share: number, good: unknown): unknown =>
  random.next() >= share ? good : random.next() < 0.3 ? raw(pick(random, rawTokens)) : hostileValue(random)

/** `__proto__` is a name like the others: written by hand, since an object of ours would bend. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): string {
  return raw(`{${entries.map(([name, value]) => `${JSON.stringify(name)}:${render(value)}`).join(',')}}`)
}
