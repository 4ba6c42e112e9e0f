import type { Catalog } from '../../catalog/index.ts'
import {
  type AnalysisOutput,
  type ApplianceId,
  GATEWAY,
  MINUTE,
  type Millis,
  type Text,
  there,
} from '../../core/index.ts'
import { explainOver } from '../condition/explain.ts'
import type { GatewayItem } from '../features/item.ts'
import { inWords } from '../words/index.ts'

/** Who falls silent within so long of each other does so together. */
const TOGETHER_MS = 30 * MINUTE
/** One alone may have a reason of its own. */
const FEWEST = 2
/** So many may speak on: an appliance is free to connect by itself, too. */
const MOST_ELSEWHERE = 0.2

/** What one appliance behind a gateway says of it. */
export interface Behind {
  /** When anything came of it, also what was refused; NaN: never. */
  spokeAt: Millis
  /** It has missed its turn, but for time that it said it would be off. */
  hasMissed: boolean
  /** It says nothing of its gateway: off on purpose, silent for a reason of its own, or free to say nothing. */
  saysNothing: boolean
}

/**
 * Is it the gateway that went, when one of its appliances that last spoke at `lastAt` becomes silent? Pure. Its session
 * ended about then and has not come back; or two fell silent together at least, and hardly anybody has spoken since.
 * @param awaySince when its session ended; NaN while it is there, or nothing is known of it
 */
export function isGatewayGone(lastAt: Millis, awaySince: Millis, behind: readonly Behind[]): boolean {
  if (Math.abs(awaySince - lastAt) <= TOGETHER_MS) return true
  const heard = behind.filter(({ spokeAt, saysNothing }) => !Number.isNaN(spokeAt) && !saysNothing)
  const since = heard.filter(({ spokeAt }) => spokeAt - lastAt > TOGETHER_MS).length
  const together = heard.filter(({ spokeAt, hasMissed }) => hasMissed && Math.abs(spokeAt - lastAt) <= TOGETHER_MS)
  return together.length >= FEWEST && since <= MOST_ELSEWHERE * heard.length
}

interface Gateway {
  appliances: ApplianceId[]
  /** When it was found gone; NaN while it is there. */
  goneAt: Millis
  /** When it was heard again; −Infinity before. */
  backAt: Millis
  /** When its session ended; NaN while it is there, or nothing is known of it. */
  awaySince: Millis
}

/** The gateways as registered, which of them are gone, and whose sessions are open. */
export class Gateways {
  #known = new Map<string, Gateway>()
  #of = new Map<ApplianceId, string[]>()
  /** Sessions that are open, of gateways and of appliances whose presence matters. */
  #open = new Set<string>()

  register(id: string, appliances: ApplianceId[]): void {
    const known = this.#known.get(id)
    this.#known.set(id, { goneAt: NaN, backAt: -Infinity, awaySince: NaN, ...known, appliances })
    this.#index()
  }
  /** @returns false for the end of a session that had ended already: it is told again after a start */
  session(id: string, online: boolean, now: Millis): boolean {
    if (online) this.#open.add(id)
    else if (!this.#open.delete(id)) return false
    const gateway = this.#known.get(id)
    if (gateway) gateway.awaySince = online ? NaN : now
    return true
  }
  /** Is a session open that may speak for it? */
  isReached(appliance: ApplianceId): boolean {
    return this.#open.has(appliance) || this.of(appliance).some((id) => this.#open.has(id))
  }
  awaySince(id: string): Millis {
    return this.#known.get(id)?.awaySince ?? NaN
  }
  of(appliance: ApplianceId): readonly string[] {
    return this.#of.get(appliance) ?? []
  }
  behind(id: string): readonly ApplianceId[] {
    return this.#known.get(id)?.appliances ?? []
  }
  goneAt(id: string): Millis {
    return this.#known.get(id)?.goneAt ?? NaN
  }
  backAt(id: string): Millis {
    return this.#known.get(id)?.backAt ?? -Infinity
  }
  isGone(id: string): boolean {
    return !Number.isNaN(this.goneAt(id))
  }
  gone(): string[] {
    return [...this.#known.keys()].filter((id) => this.isGone(id))
  }
  leave(id: string, at: Millis): void {
    there(this.#known.get(id)).goneAt = at
  }
  /** @returns when it was found gone */
  comeBack(id: string, at: Millis): Millis {
    const gateway = there(this.#known.get(id))
    const { goneAt } = gateway
    gateway.goneAt = NaN
    gateway.backAt = at
    return goneAt
  }

  snapshot(): { known: [string, Gateway][]; open: string[] } {
    return { known: [...this.#known], open: [...this.#open] }
  }
  restore({ known, open }: { known: [string, Gateway][]; open: string[] }): void {
    this.#known = new Map(known)
    this.#open = new Set(open)
    this.#index()
  }
  #index(): void {
    this.#of.clear()
    for (const [id, { appliances }] of this.#known) {
      for (const appliance of appliances) {
        const others = this.#of.get(appliance)
        if (others) others.push(id)
        else this.#of.set(appliance, [id])
      }
    }
  }
}

const DETECTOR = 'hearthwatch/1 gateway'

/** One condition of the gateway, in the place of one for each that it speaks for. */
export function emitGateway(catalog: Catalog, item: GatewayItem, out: AnalysisOutput): void {
  const { gateway, since, at, offset } = item
  const { owner, severity } = catalog.failureMode(GATEWAY, 'silent')
  const silent = { failureMode: 'silent', probability: 0.99 }
  out.detections.push({
    condition: `${gateway}/${GATEWAY}/${since}`,
    appliance: gateway,
    kind: GATEWAY,
    phase: item.gone ? 'confirmed' : 'recovered',
    at: Math.max(at, since),
    firstSeenAt: since,
    offset,
    hypotheses: [silent],
    severity,
    confidence: 0.99,
    evidence: [],
    explanation: item.gone ? { engineer: saysGone(item), owner } : explainOver(catalog, GATEWAY, silent),
    detector: DETECTOR,
  })
}

const saysGone = ({ gateway, count }: GatewayItem): Text => inWords((words) => words.gatewayGone(gateway, count))
