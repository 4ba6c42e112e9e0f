import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { crc32 } from 'node:zlib'
import { type Offset, Problem } from '../core/index.ts'

export interface Snapshot {
  upTo: Offset
  settler: Uint8Array
  analysis: Uint8Array
}

/** Written whole or not at all: a new file, synced, takes the place of the old one. */
export async function writeSnapshot(path: string, snapshot: Snapshot): Promise<void> {
  const body = serialize(snapshot)
  const sum = Buffer.alloc(4)
  sum.writeUInt32LE(crc32(body))
  const file = await open(`${path}.new`, 'w')
  try {
    await file.writeFile(Buffer.concat([sum, body]))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
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
