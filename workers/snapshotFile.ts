import { readFile } from 'node:fs/promises'
import { deserialize, serialize } from 'node:v8'
import { crc32 } from 'node:zlib'
import { type Offset, Problem } from '../core/index.ts'
import { writeWhole } from '../database/index.ts'

export interface Snapshot {
  upTo: Offset
  settler: Uint8Array
  analysis: Uint8Array
}

export async function writeSnapshot(path: string, snapshot: Snapshot): Promise<void> {
  const body = serialize(snapshot)
  const sum = Buffer.alloc(4)
  sum.writeUInt32LE(crc32(body))
  await writeWhole(path, Buffer.concat([sum, body]))
}

/**
 * @returns null when there is none yet
 * @throws when it is damaged: the journal before it may be gone, so going on without it would forget silently
 */
export async function readSnapshot(path: string): Promise<Snapshot | null> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (bytes === null) return null
  const body = bytes.subarray(4)
  if (bytes.length < 4 || bytes.readUInt32LE(0) !== crc32(body)) {
    throw new Problem({
      code: 'snapshot-damaged',
      message: `The analysis snapshot ${path} is damaged.`,
      remedy:
        'Move it away and start again: detection then learns anew from what the journal still holds; stored readings are untouched.',
      concerns: path,
    })
  }
  return deserialize(body) as Snapshot
}
