/** What detection says of what it found, in one language. Numbers come as `figure` writes them, with a point. */
export interface Sentences {
  /** One proof: what was seen, and between which values it was expected. */
  proof(name: string, observed: string, low: string, high: string): string
  /** For who repairs: the causes, their proofs, and what is to come. */
  engineer(causes: string, proofs: readonly string[], next: string): string
  /** What is to come; it stands behind a sentence, or behind none. */
  repaired: string
  failed(failure: string): string
  fails(days: { p10: string; p50: string; p90: string | undefined }, failure: string): string
  /** Causes that the sensors do not tell apart. */
  together(names: readonly string[], sum: string): string
  likeliest(first: Cause, second: Cause | undefined): string
  seenNoMore(name: string): string
  /** For who owns it. */
  over: string
  ownerRepaired: string
  /** `advice`: what is measured now; `unsafe`: it must be switched off until then. */
  ownerSoon(fault: string, about: { advice: string | undefined; unsafe: boolean }): string
  ownerPlanned(fault: string, days: number): string
  ownerCalm(fault: string): string
  stuck(at: string, hours: string): string
  silent(hours: string): string
  refused(why: string): string
  /** One sentence behind another. */
  and(sentence: string, more: string): string
  programsFail: string
  code(code: string): string
  gatewayGone(gateway: string, count: number): string
  ruleOver(name: string): string
  ruleSpoke(name: string, version: number, seen: readonly RuleSeen[], heldMinutes: string | undefined): string
  /** Of a kind that says nothing of how it is watched. */
  run: string
  cycleLength: string
}
export interface Cause {
  name: string
  probability: string
}
export interface RuleSeen {
  what: string
  observed: string
  unit: string
  limit: string
}
