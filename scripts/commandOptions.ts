import { parseArgs } from 'node:util'
import { Problem } from '../core/index.ts'

/** An option that takes a value: how it is read, and what holds where it is not given. */
export interface ValueOption<T> {
  readonly type: 'string'
  readonly standard: T
  /** @returns what is meant, or what the value must be, to follow "must be" */
  read(text: string): { value: T } | { must: string }
}
interface Flag {
  readonly type: 'boolean'
}
type Options = Readonly<Record<string, ValueOption<unknown> | Flag>>
type Values<O extends Options> = { [Name in keyof O]: O[Name] extends ValueOption<infer T> ? T : boolean }

export const flag: Flag = { type: 'boolean' }

/** A number from `least` to `most`, both included. */
export const numberOption = <S extends number | undefined>(
  least: number,
  most: number,
  standard: S,
): ValueOption<S | number> => ({
  type: 'string',
  standard,
  read: (text) => {
    const value = Number(text)
    const isIt = text.trim() !== '' && value >= least && value <= most
    return isIt ? { value } : { must: `a number from ${least} to ${most}` }
  },
})

/** A whole number, likewise. */
export const wholeOption = <S extends number | undefined>(
  least: number,
  most: number,
  standard: S,
): ValueOption<S | number> => {
  const number = numberOption(least, most, standard)
  return {
    ...number,
    read: (text) => {
      const found = number.read(text)
      return 'value' in found && Number.isInteger(found.value)
        ? found
        : { must: `a whole number from ${least} to ${most}` }
    },
  }
}

export const textOption = <S extends string | undefined>(standard: S): ValueOption<S | string> => ({
  type: 'string',
  standard,
  read: (text) => (text.trim() === '' ? { must: 'something' } : { value: text }),
})

/** Where something is served over HTTP. */
export const addressOption: ValueOption<string | undefined> = {
  type: 'string',
  standard: undefined,
  read: (text) => {
    const isIt = /^https?:$/.test(URL.parse(text)?.protocol ?? '')
    return isIt ? { value: text } : { must: 'an address that begins with http:// or https://' }
  },
}

export const choiceOption = <C extends string, S extends C | undefined>(
  known: readonly C[],
  standard: S,
): ValueOption<S | C> => ({
  type: 'string',
  standard,
  read: (text) => {
    const value = known.find((one) => one === text)
    return value === undefined ? { must: `one of ${known.join(', ')}` } : { value }
  },
})

/** Several of what one option takes, with commas between; none twice. */
export const listOption = <T>(one: ValueOption<T | undefined>, standard: readonly T[]): ValueOption<readonly T[]> => ({
  type: 'string',
  standard,
  read: (text) => {
    const values: T[] = []
    for (const part of text.split(',')) {
      const found = one.read(part.trim())
      if ('must' in found || found.value === undefined)
        return { must: `a list, with commas, each ${'must' in found ? found.must : 'given'}` }
      if (values.includes(found.value)) return { must: 'a list that names nothing twice' }
      values.push(found.value)
    }
    return { value: values }
  },
})

/**
 * What was asked of a command, read in one way for all of them: nothing unknown, nothing twice, no number that is none.
 * @param words what may stand beside the options, by name, or anything
 * @throws Problem `bad-option`, which names the option and says what it must be
 */
export function optionsOf<O extends Options>(
  command: string,
  options: O,
  words: readonly string[] | 'anything' = [],
  args: string[] = process.argv.slice(2),
): { values: Values<O>; words: string[] } {
  const bad = (message: string): Problem =>
    new Problem({
      code: 'bad-option',
      message,
      remedy: `\`${command}\` takes ${['', ...Object.keys(options)].join(' --').trim() || 'no option'}${words !== 'anything' && words.length > 0 ? `, and ${words.join(', ')}` : ''}.`,
      concerns: command,
    })
  const parsed = parse(options, args, bad)
  const unknown = words === 'anything' ? undefined : parsed.positionals.find((word) => !words.includes(word))
  if (unknown !== undefined) throw bad(`'${unknown}' is nothing that this command knows.`)
  const given = new Map(Object.entries(parsed.values))
  const values = Object.entries(options).map(([name, option]): [string, unknown] => {
    const [text, again] = [given.get(name) ?? []].flat()
    if (option.type === 'boolean') return [name, text ?? false]
    if (typeof text !== 'string') return [name, option.standard]
    if (again !== undefined) throw bad(`--${name} is given twice.`)
    const found = option.read(text)
    if ('must' in found) throw bad(`--${name} ${text} must be ${found.must}.`)
    return [name, found.value]
  })
  // Each name of `options` is there, read by its own option.
  return { values: Object.fromEntries(values) as Values<O>, words: parsed.positionals }
}

function parse(options: Options, args: string[], bad: (message: string) => Problem) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: Object.fromEntries(
        Object.entries(options).map(([name, { type }]) => [name, { type, multiple: type === 'string' }]),
      ),
    })
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')) throw error
    throw bad(`${(error as Error).message.split('. ')[0]?.replace(/\.$/, '')}.`)
  }
}

/** The one word that a command is given beside its options. @throws Problem as `missing` says, where there is none or several */
export function oneWord(words: readonly string[], missing: { code: string; message: string; remedy: string }): string {
  const [word, ...more] = words
  if (word === undefined || word.trim() === '') throw new Problem(missing)
  if (more.length === 0) return word
  throw new Problem({
    code: 'bad-option',
    message: `'${more[0]}' is one word too many.`,
    remedy: `${missing.remedy} A name with a blank stands between quotes.`,
  })
}

/** The same for a command that has nothing else to say at its start: what is wrong ends it in a sentence, with exit code 1. */
export function readOptions<O extends Options>(
  ...asked: Parameters<typeof optionsOf<O>>
): { values: Values<O>; words: string[] } {
  try {
    return optionsOf(...asked)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    console.error(`${error.message} ${error.remedy}`)
    process.exit(1)
  }
}

/** One value of the environment, read as an option is; what is wrong ends the command in a sentence. */
export function fromEnvironment<T>(name: string, option: ValueOption<T>): T {
  const text = process.env[name]
  if (text === undefined || text === '') return option.standard
  const found = option.read(text)
  if ('value' in found) return found.value
  console.error(`${name}=${text} must be ${found.must}.`)
  process.exit(1)
}
