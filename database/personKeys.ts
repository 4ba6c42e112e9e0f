import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { marks } from '../core/index.ts'
import { marked, type Sealing } from './sealing.ts'

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Opened keys that are held. */
const MOST_HELD = 20_000

const { begin, end } = marks
const isId = /^p[\w-]{22}$/
const sealedText = new RegExp(`${begin}(p[\\w-]{22})\\.([\\w-]+)${end}`, 'g')

export interface PersonKeys extends Sealing {
  /** What stands for them in the database. */
  idOf(ref: string): string
  /** Destroys a person's key: nothing that was ever sealed with it can be read again, wherever it lies. @returns was there one? */
  destroy(person: string): boolean
  close(): void
}

/**
 * The keys of people, in a file of their own beside the database: one random key of AES-256-GCM each, made at the first word
 * of theirs that is written. A destroyed one is overwritten, and the file's journal goes with each change.
 */
export function openPersonKeys(path: string): PersonKeys {
  const db = new DatabaseSync(path, { timeout: 5_000 })
  db.exec(
    'pragma secure_delete=on; pragma journal_mode=delete; pragma synchronous=extra; create table if not exists key (person text primary key, key blob not null) without rowid',
  )
  const read = db.prepare('select key from key where person = ?')
  const insert = db.prepare('insert or ignore into key (person, key) values (?, ?)')
  const held = new Map<string, Buffer>()
  const fresh = new Map<string, Buffer>()

  function kept(person: string): Buffer | undefined {
    const known = fresh.get(person) ?? held.get(person)
    if (known) return known
    const row = read.get(person) as { key: Uint8Array } | undefined
    if (!row) return undefined
    if (held.size >= MOST_HELD) held.clear()
    const key = Buffer.from(row.key)
    held.set(person, key)
    return key
  }
  function made(person: string): Buffer {
    const key = kept(person) ?? randomBytes(KEY_BYTES)
    if (!held.has(person)) fresh.set(person, key)
    return key
  }
  function keep(): void {
    if (fresh.size === 0) return
    db.exec('begin immediate')
    for (const [person, key] of fresh) insert.run(person, key)
    db.exec('commit')
    for (const [person, key] of fresh) held.set(person, key)
    fresh.clear()
  }
  // By what people are told apart, itself unknown to the database: it has no row of a person.
  insert.run('', randomBytes(KEY_BYTES))
  const index = Buffer.from((read.get('') as { key: Uint8Array }).key)
  const idOf = (ref: string): string =>
    isId.test(ref) ? ref : `p${createHmac('sha256', index).update(ref).digest('base64url').slice(0, 22)}`

  return {
    idOf,
    keep,
    seal: (text) =>
      !text.includes(begin)
        ? text
        : text.replace(marked, (_, ref: string | undefined, plain: string, pseudonym: string | undefined) => {
            if (ref === undefined) return idOf(pseudonym ?? '')
            const person = idOf(ref)
            return `${begin}${person}.${encrypt(made(person), plain)}${end}`
          }),
    open: (text) =>
      !text.includes(begin)
        ? text
        : text.replace(sealedText, (_, person: string, sealed: string) => {
            const key = kept(person)
            return key ? decrypt(key, sealed) : ''
          }),
    destroy(person) {
      held.delete(person)
      fresh.delete(person)
      return db.prepare('delete from key where person = ? and person <> ?').run(person, '').changes > 0
    },
    close: () => db.close(),
  }
}

function encrypt(key: Buffer, plain: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce)
  const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64url')
}

/** What another key sealed (one that was destroyed, before the same person came again) is gone as well. */
function decrypt(key: Buffer, sealed: string): string {
  const all = Buffer.from(sealed, 'base64url')
  try {
    const decipher = createDecipheriv(CIPHER, key, all.subarray(0, NONCE_BYTES))
    decipher.setAuthTag(all.subarray(-TAG_BYTES))
    return decipher.update(all.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return ''
  }
}
