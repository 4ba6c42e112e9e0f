import type { Kind } from '../../catalog/index.ts'

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
