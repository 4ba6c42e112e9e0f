import { Problem } from '../../core/index.ts'

/** What one look came to. `warn`: it works, and somebody should know; `fail`: it does not. */
export interface Finding {
  what: string
  state: 'ok' | 'warn' | 'fail'
  says: string
  remedy?: string
}

export const ok = (what: string, says: string): Finding => ({ what, state: 'ok', says })
export const warn = (what: string, says: string, remedy: string): Finding => ({ what, state: 'warn', says, remedy })
export const fail = (what: string, says: string, remedy: string): Finding => ({ what, state: 'fail', says, remedy })

/** A look that throws has found something, too: what it says is what there is to say. */
export async function looked(what: string, look: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  try {
    return [await look()].flat()
  } catch (error) {
    if (error instanceof Problem) return [fail(what, error.message, error.remedy)]
    const said = error instanceof Error ? error.message || String((error as { code?: string }).code) : String(error)
    return [fail(what, said, 'See what is said above; the log of the service may say more.')]
  }
}
