import { Problem } from '../../../core/index.ts'

const SHORTEST = 12
/** So many of the commonest are refused; the list is sorted by how often they were seen. */
const COMMONEST = 10_000

/**
 * Is it one that guesses find first? The list is loaded when somebody sets a password, and not before.
 * @throws Problem `weak-password`
 */
export async function checkPassword(password: string, name: string): Promise<void> {
  const refuse = (message: string): Problem =>
    new Problem({
      code: 'weak-password',
      message,
      remedy: `Take at least ${SHORTEST} characters that nobody would guess: some words that do not belong together.`,
      concerns: 'password',
      status: 422,
    })
  if ([...password].length < SHORTEST) throw refuse(`The password has fewer than ${SHORTEST} characters.`)
  const low = password.toLowerCase()
  if (low.includes(name.toLowerCase())) throw refuse('The password has the name of the account in it.')
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  const common = new Set(dictionary['passwords-common'].slice(0, COMMONEST))
  // A common one twice, or with digits behind it, is guessed as soon.
  const half = low.slice(0, low.length / 2)
  const bare = low.replace(/[\d\W_]+$/, '')
  if (common.has(low) || common.has(bare) || (half + half === low && common.has(half)))
    throw refuse('The password is one of the commonest.')
}
