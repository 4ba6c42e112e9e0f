import { type FileHandle, open, readFile } from 'node:fs/promises'
import { Deserializer, deserialize, Serializer } from 'node:v8'
import { crc32 } from 'node:zlib'
import { type Offset, type Piece, Problem } from '../../core/index.ts'
import { takePlace } from '../../database/index.ts'

/*
 * The file: MAGIC, then chunks, each: u32 bytes · u32 checksum · the pieces, serialised one after the other.
 * The last chunk is ['end', '', upTo]; a file without it is not whole.
 */
const MAGIC = Buffer.from('HWSNAP02')
const CHUNK_HEADER_BYTES = 8
const PIECES_A_CHUNK = 128

export interface Snapshot {
  upTo: Offset
  pieces: Piece[]
}

/** Writes a snapshot piece by piece beside the one that stands; only `finish` puts it in that one's place. */
export class SnapshotWriter {
  #path: string
  #upTo: Offset
  #opened: Promise<FileHandle>
  #written: Promise<void>
  #serializer = newSerializer()
  #pieces = 0
  /** Bytes that are serialised and not written yet. */
  #waiting = 0

  constructor(path: string, upTo: Offset) {
    this.#path = path
    this.#upTo = upTo
    this.#opened = open(`${path}.new`, 'w')
    this.#written = this.#opened.then(async (file) => {
      await file.write(MAGIC)
    })
    // Told by `finish`.
    this.#written.catch(() => undefined)
  }

  get upTo(): Offset {
    return this.#upTo
  }
  get waitingBytes(): number {
    return this.#waiting
  }

  add(piece: Piece): void {
    this.#serializer.writeValue(piece)
    if (++this.#pieces === PIECES_A_CHUNK) this.#endChunk()
  }

  /** The file, synced, takes the place of the old one. @returns false where the disk is full: the old one stands */
  async finish(): Promise<boolean> {
    try {
      await this.#finish()
      return true
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error
      return false
    }
  }
  async #finish(): Promise<void> {
    this.add(['end', '', this.#upTo])
    if (this.#pieces > 0) this.#endChunk()
    const file = await this.#opened
    try {
      await this.#written
      await file.sync()
    } finally {
      await file.close()
    }
    await takePlace(`${this.#path}.new`, this.#path)
  }

  #endChunk(): void {
    const body = this.#serializer.releaseBuffer()
    this.#serializer = newSerializer()
    this.#pieces = 0
    const head = Buffer.alloc(CHUNK_HEADER_BYTES)
    head.writeUInt32LE(body.length, 0)
    head.writeUInt32LE(crc32(body), 4)
    this.#waiting += body.length
    this.#written = Promise.all([this.#opened, this.#written]).then(async ([file]) => {
      await file.writev([head, body])
      this.#waiting -= body.length
    })
    // What cannot be written waits no more; `finish` tells why.
    this.#written.catch(() => {
      this.#waiting = 0
    })
  }
}

function newSerializer(): Serializer {
  const serializer = new Serializer()
  serializer.writeHeader()
  return serializer
}

/**
 * @returns null when there is none yet; without pieces when it is of an older version, which tells how far it was
 * @throws when it is damaged: the journal before it may be gone, so going on without it would forget silently
 */
export async function readSnapshot(path: string): Promise<Snapshot | null> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (bytes === null) return null
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return readFirstVersion(path, bytes)
  const pieces: Piece[] = []
  for (let at = MAGIC.length; at < bytes.length; ) {
    const end = at + CHUNK_HEADER_BYTES <= bytes.length ? at + CHUNK_HEADER_BYTES + bytes.readUInt32LE(at) : Infinity
    if (end > bytes.length) throw damaged(path)
    const body = bytes.subarray(at + CHUNK_HEADER_BYTES, end)
    if (crc32(body) !== bytes.readUInt32LE(at + 4)) throw damaged(path)
    readChunk(body, pieces)
    at = end
  }
  const last = pieces.pop()
  if (last?.[0] !== 'end') throw damaged(path)
  return { upTo: last[2] as Offset, pieces }
}

function readChunk(body: Buffer, into: Piece[]): void {
  const deserializer = new Deserializer(body)
  deserializer.readHeader()
  for (let i = 0; i < PIECES_A_CHUNK; i++) {
    const piece = deserializer.readValue() as Piece
    into.push(piece)
    if (piece[0] === 'end') return
  }
}

/** One checksum and one value: only how far it was is of use. */
function readFirstVersion(path: string, bytes: Buffer): Snapshot {
  const body = bytes.subarray(4)
  if (bytes.length < 4 || bytes.readUInt32LE(0) !== crc32(body)) throw damaged(path)
  const { upTo } = deserialize(body) as { upTo: Offset }
  return { upTo, pieces: [] }
}

const damaged = (path: string): Problem =>
  new Problem({
    code: 'snapshot-damaged',
    message: `The analysis snapshot ${path} is damaged.`,
    remedy:
      'Move it away and start again: detection then learns anew from what the journal still holds; stored readings are untouched.',
    concerns: path,
  })
