import type { GuardSpec, Kind } from '../../catalog/index.ts'

/** The word by which a state says that its program failed. */
const ERROR_WORD = 'error'
/** What a state's words mean to a program: it rests, it failed, or (neither) it runs. */
export interface Phases {
  state: number
  /** What the catalog may map like a code. */
  code: string
  error: number
  rests: boolean[]
}

/** Its program is over. */
const END_WORDS = ['idle', 'end', 'off']

export function phasesOf(kind: Kind): Phases | null {
  for (const [state, name] of kind.stateNames.entries()) {
    const words = kind.states[name]
    if (!Array.isArray(words) || !words.includes(ERROR_WORD)) continue
    const rests = words.map((word) => END_WORDS.includes(word) || (kind.idle[name] ?? []).includes(word))
    return { state, code: `${name}: ${ERROR_WORD}`, error: words.indexOf(ERROR_WORD), rests }
  }
  return null
}

/** A state as a column, and its words. */
export interface FormerWord {
  state: number
  words: readonly string[]
}

export function afterOf(kind: Kind, { after }: GuardSpec): FormerWord | null {
  if (!after) return null
  const words = kind.states[after.state]
  return Array.isArray(words) ? { state: kind.stateNames.indexOf(after.state), words } : null
}

/** Takes in what a reading says. A word that is not said leaves the one before it where it was. */
export function noteStates(
  { lastStates, formerStates }: Record<'lastStates' | 'formerStates', Int32Array>,
  states: Int32Array,
): void {
  for (let s = 0; s < states.length; s++) {
    const last = lastStates[s]!
    if (last === states[s]) continue
    if (last >= 0) formerStates[s] = last
    lastStates[s] = states[s]!
  }
}
