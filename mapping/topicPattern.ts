/** Where `{device}` and `{value}` stand in a topic; `{device...}` is one level or more. */
export interface TopicPattern {
  readonly text: string
  /** How near it fits, to be compared as text: by how many levels are named, then by how early. */
  readonly nearness: string
  match(topic: string): { device: string; value: string | undefined } | undefined
}

const NAME = /^\{(device|value)(\.\.\.)?\}$/

/** @throws Error with one sentence, where the pattern is none */
export function topicPattern(text: string): TopicPattern {
  const levels = text.split('/')
  const long = levels.findIndex((level) => NAME.exec(level)?.[2])
  if (levels.some((level) => /[{}]/.test(level) && !NAME.test(level)))
    throw new Error(`'${text}': a level is a name, {device}, {value} or {device...}`)
  if (levels.filter((level) => NAME.exec(level)?.[2]).length > 1) throw new Error(`'${text}': one {…...} at most`)
  if (!levels.some((level) => NAME.exec(level)?.[1] === 'device')) throw new Error(`'${text}': it names no {device}`)
  if (/[#+]/.test(text)) throw new Error(`'${text}': {device} and {value} stand in the place of wildcards`)
  return {
    text,
    nearness: nearnessOf(levels),
    match(topic) {
      const parts = topic.split('/')
      const extra = parts.length - levels.length
      if (long < 0 ? extra !== 0 : extra < 0) return undefined
      const found = new Map<string, string>()
      let at = 0
      for (const [i, level] of levels.entries()) {
        const taken = parts.slice(at, at + (i === long ? extra + 1 : 1)).join('/')
        at += i === long ? extra + 1 : 1
        const [, name] = NAME.exec(level) ?? []
        if (name === undefined ? level !== taken : taken === '') return undefined
        if (name !== undefined) found.set(name, taken)
      }
      return { device: found.get('device') ?? '', value: found.get('value') }
    },
  }
}

function nearnessOf(levels: string[]): string {
  const named = levels.map((level) => (NAME.test(level) ? '0' : '1')).join('')
  return `${named.replaceAll('0', '').length.toString().padStart(3, '0')}${named}`
}

/** Would both match the same topics, neither nearer than the other? */
export function collide(a: string, b: string): boolean {
  const [left, right] = [a.split('/'), b.split('/')]
  if (left.length !== right.length) return false
  return left.every((level, i) => level === right[i] || (NAME.test(level) && NAME.test(right[i] ?? '')))
}

/** The filter that an MQTT broker understands: everything that the pattern matches, and perhaps more. */
export function filterOf(text: string): string {
  const levels = text.split('/')
  const long = levels.findIndex((level) => NAME.exec(level)?.[2])
  const wild = levels.map((level) => (NAME.test(level) ? '+' : level))
  return long < 0 ? wild.join('/') : [...wild.slice(0, long), '#'].join('/')
}
