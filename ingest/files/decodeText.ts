import { isUtf8 } from 'node:buffer'
import { gunzipSync } from 'node:zlib'
import { nth, Problem } from '../../core/index.ts'

/** What files come in: Excel's and Linux's, China's, and what older programs of the West write. */
export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'gb18030', 'windows-1252'] as const
export type Encoding = (typeof encodings)[number]

/** Unpacked, a file may have so many bytes. */
export const MAX_FILE_BYTES = 256 << 20
/** Of a text without a mark so much is looked at. */
const LOOKED_AT = 1 << 20

/**
 * The text of a file, unpacked where it is gzip. The encoding is what its byte order mark says, else what its bytes can
 * be: UTF-16 has a zero beside each Latin letter, UTF-8 is hardly anything else by chance, the bytes of GB 18030 above
 * 0x80 come in pairs, and the rest is Latin-1 (as Windows extends it).
 * @throws Problem `bad-file`
 */
export function decodeText(
  file: Uint8Array,
  given?: Encoding,
  mostBytes = MAX_FILE_BYTES,
): { text: string; encoding: Encoding } {
  const bytes = unpack(file, mostBytes)
  const encoding = given ?? encodingOf(bytes)
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding }
  } catch (cause) {
    throw new Problem({
      code: 'bad-file',
      message: `The file cannot be read as ${encoding}.`,
      remedy: `Say its encoding: ${encodings.join(', ')}.`,
      concerns: 'encoding',
      cause,
    })
  }
}

/** What people take for a list, by how it begins. */
const otherSorts: readonly (readonly [mark: Buffer, sort: string])[] = [
  [Buffer.from('PK\x03\x04'), 'a workbook or another archive (xlsx, ods, zip)'],
  [Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'a workbook of an older Excel (xls)'],
  [Buffer.from('%PDF-'), 'a PDF'],
]
function unpack(file: Uint8Array, mostBytes: number): Buffer {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const sort = otherSorts.find(([mark]) => bytes.subarray(0, mark.length).equals(mark))?.[1]
  if (sort)
    throw new Problem({
      code: 'bad-file',
      message: `The file is ${sort}, and no table as text.`,
      remedy: 'Open it in its program and save it as CSV, in UTF-8 if that is asked; then give that file.',
    })
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes })
  } catch (cause) {
    throw new Problem({
      code: 'bad-file',
      message: `The file is gzip, and cannot be unpacked: ${(cause as Error).message}.`,
      remedy: `Give the file unpacked, or cut it into parts of at most ${mostBytes >> 20} MB.`,
      ...((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? { status: 413 } : {}),
      cause,
    })
  }
}

function encodingOf(bytes: Buffer): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const looked = bytes.subarray(0, LOOKED_AT)
  const zeros = [0, 0] as [number, number]
  for (const [i, byte] of looked.entries()) if (byte === 0) zeros[i & 1 ? 1 : 0]++
  if (zeros[1] > looked.length / 8 && zeros[1] > 4 * zeros[0]) return 'utf-16le'
  if (zeros[0] > looked.length / 8 && zeros[0] > 4 * zeros[1]) return 'utf-16be'
  if (isUtf8(bytes)) return 'utf-8'
  return isPaired(looked) ? 'gb18030' : 'windows-1252'
}

/** Do nine of ten bytes above 0xA0 stand in pairs, as those of Chinese letters do, and those of accents do not? */
function isPaired(bytes: Buffer): boolean {
  let [high, paired] = [0, 0]
  for (let i = 0; i < bytes.length; i++) {
    if (nth(bytes, i) <= 0x80) continue
    high++
    const next = bytes[i + 1] ?? 0
    if (nth(bytes, i) < 0xff && next > 0xa0 && next < 0xff) {
      high++
      paired += 2
      i++
    } else if (next >= 0x30 && next <= 0x39 && (bytes[i + 2] ?? 0) > 0x80) {
      // Four bytes: letters beyond GBK.
      high++
      paired += 2
      i += 3
    }
  }
  return high > 0 && paired >= 0.9 * high
}
