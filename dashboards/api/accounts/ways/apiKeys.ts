import { createHash } from 'node:crypto'
import { type Clock, DAY, MINUTE, newSecret, notFound, Problem } from '../../../../core/index.ts'
import { type Role, roles } from '../accountNames.ts'
import type { AuthLibrary } from '../authLibrary.ts'

/** What a key begins with: by it a leaked one is found by scanners, and told apart from the administrator's token. */
export const KEY_PREFIX = 'hwk_'
/** Keys of one person. */
const MOST_KEYS = 50
/** The last use is written down at most this often. */
const NOTE_EVERY_MS = MINUTE
export const LONGEST_DAYS = 366

interface Row {
  id: string
  userId: string
  name: string
  hash: string
  roles: string
  readOnly: boolean | number
  createdAt: Date
  expiresAt: Date
  lastUsedAt?: Date | null
  organisation?: string | null
}
export interface ApiKeyView {
  id: string
  /** Whose it is: an account's id. */
  account: string
  name: string
  roles: Role[]
  readOnly: boolean
  createdAt: number
  expiresAt: number
  lastUsedAt?: number
}

/**
 * Keys by which programs act for somebody: with some of their roles, for a time, perhaps only to read. A key is shown once;
 * only its SHA-256 is kept (it is 256 random bits: nobody tries them).
 */
export class ApiKeys {
  readonly #table: AuthLibrary['table']
  readonly #clock: Clock
  readonly #organisation: string | undefined
  readonly #noted = new Map<string, number>()
  /** @param organisation of whose keys it knows; undefined: the first one's */
  constructor(table: AuthLibrary['table'], clock: Clock, organisation?: string) {
    this.#table = table
    this.#clock = clock
    this.#organisation = organisation
  }

  /** Where this key opens something; undefined: in the first organisation, or nowhere. */
  async organisationOf(key: string): Promise<string | undefined> {
    const [row] = await this.#table.find<Row>('apiKey', { hash: hashOf(key) })
    return row?.organisation ?? undefined
  }

  /** @throws Problem `too-many-keys` */
  async make(
    account: string,
    { name, roles, readOnly, days }: { name: string; roles: readonly Role[]; readOnly: boolean; days: number },
  ): Promise<ApiKeyView & { key: string }> {
    if ((await this.of(account)).length >= MOST_KEYS)
      throw new Problem({
        code: 'too-many-keys',
        message: `You have ${MOST_KEYS} keys, as many as you may.`,
        remedy: 'End one that is not used any more.',
        status: 409,
      })
    const key = `${KEY_PREFIX}${newSecret()}`
    const now = this.#clock.now()
    const row = await this.#table.create<Row>('apiKey', {
      userId: account,
      name,
      hash: hashOf(key),
      roles: roles.join(','),
      readOnly,
      createdAt: new Date(now),
      expiresAt: new Date(now + days * DAY),
      ...(this.#organisation === undefined ? {} : { organisation: this.#organisation }),
    })
    return { ...viewOf(row), key }
  }

  /** @returns what it stands for; undefined where there is no such key @throws Problem `key-expired` */
  async whose(key: string): Promise<ApiKeyView | undefined> {
    const [row] = await this.#table.find<Row>('apiKey', { hash: hashOf(key) })
    if (!row || !this.#isOwn(row)) return undefined
    const view = viewOf(row)
    const now = this.#clock.now()
    if (view.expiresAt <= now)
      throw new Problem({
        code: 'key-expired',
        message: `The key '${view.name}' expired on ${new Date(view.expiresAt).toISOString().slice(0, 10)}.`,
        remedy: 'Make a new one on the page of settings.',
        status: 401,
      })
    if (now - (this.#noted.get(row.id) ?? 0) >= NOTE_EVERY_MS) {
      this.#noted.set(row.id, now)
      await this.#table.update('apiKey', row.id, { lastUsedAt: new Date(now) })
    }
    return view
  }

  /** Of one account, or of all; the newest first. */
  async of(account?: string): Promise<ApiKeyView[]> {
    const rows = await this.#table.find<Row>('apiKey', account === undefined ? {} : { userId: account })
    return rows
      .filter((row) => this.#isOwn(row))
      .map(viewOf)
      .sort((a, b) => b.createdAt - a.createdAt)
  }
  #isOwn(row: Row): boolean {
    return (row.organisation ?? undefined) === this.#organisation
  }
  /** It opens nothing from the next call on. @throws Problem `not-found` */
  async end(id: string, account?: string): Promise<void> {
    const known = (await this.of(account)).find((key) => key.id === id)
    if (!known) throw notFound('key', id)
    await this.#table.remove('apiKey', { id })
  }
  async forget(account: string): Promise<void> {
    for (const { id } of await this.of(account)) await this.#table.remove('apiKey', { id })
  }
}

const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url')

function viewOf(row: Row): ApiKeyView {
  const kept = row.roles.split(',')
  return {
    id: row.id,
    account: row.userId,
    name: row.name,
    roles: roles.filter((role) => kept.includes(role)),
    readOnly: row.readOnly === true || row.readOnly === 1,
    createdAt: new Date(row.createdAt).getTime(),
    expiresAt: new Date(row.expiresAt).getTime(),
    ...(row.lastUsedAt ? { lastUsedAt: new Date(row.lastUsedAt).getTime() } : {}),
  }
}
