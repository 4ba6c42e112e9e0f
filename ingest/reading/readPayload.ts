import { isUtf8 } from 'node:buffer'

/** The JSON of a payload, or what is wrong with it in words that say what to do. */
export type Parsed = { value: unknown } | { fault: string }

const MOST_SAID = 160

/**
 * What was meant, as far as that is beyond doubt: a byte order mark before and zeros after are left out, and the bare
 * words that encoders write for numbers which JSON has no word for (`NaN`, `-Infinity`, C's `-nan` and `INF`, Microsoft's
 * `1.#QNAN`, Python's `None`, JavaScript's `undefined`) become texts, so that each costs its own value. The second, slower reading happens only where JSON.parse fails. O(bytes).
 */
export function readPayload(payload: Uint8Array): Parsed {
  const bytes = trimmed(payload)
  if (bytes.length === 0) return { fault: 'the payload is empty' }
  if (isUtf16(bytes)) return { fault: 'the payload is UTF-16: send UTF-8' }
  if (!isUtf8(bytes)) return { fault: 'the payload is not UTF-8: send texts in UTF-8, or leave them out' }
  const text = bytes.toString('utf8')
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    const mended = quoteBareWords(text)
    if (mended !== undefined) {
      try {
        return { value: JSON.parse(mended) }
      } catch {
        // The first complaint is of what was sent, so it is the one to show.
      }
    }
    return { fault: `the payload is not JSON: ${(error as Error).message}`.slice(0, MOST_SAID) }
  }
}

function trimmed(payload: Uint8Array): Buffer {
  let from = 0
  let to = payload.length
  while (to > 0 && payload[to - 1] === 0) to--
  if (payload[0] === 0xef && payload[1] === 0xbb && payload[2] === 0xbf) from = 3
  return Buffer.from(payload.buffer, payload.byteOffset + from, Math.max(0, to - from))
}

/** By its mark, or by the zero beside its first letter. */
const isUtf16 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) ||
  (bytes[0] === 0xfe && bytes[1] === 0xff) ||
  (bytes.length > 3 && (bytes[0] === 0) !== (bytes[1] === 0) && (bytes[2] === 0) !== (bytes[3] === 0))

/** At the place where a value may stand. */
const BARE = /[-+]?(nan(\([a-z0-9_]*\))?|inf(inity)?|\d\.#(q?nan|snan|inf|ind))\d*(?![\w.])|(undefined|none)(?!\w)/iy
const FIRST_LETTERS = '-+INinUu0123456789'

/** @returns the text with such words in quotes; undefined where it has none */
function quoteBareWords(text: string): string | undefined {
  const parts: string[] = []
  let kept = 0
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!
    if (letter === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++
      continue
    }
    if (!FIRST_LETTERS.includes(letter)) continue
    BARE.lastIndex = at
    const word = BARE.exec(text)?.[0]
    if (word === undefined) continue
    parts.push(text.slice(kept, at), '"', word, '"')
    at += word.length - 1
    kept = at + 1
  }
  return parts.length > 0 ? parts.join('') + text.slice(kept) : undefined
}
