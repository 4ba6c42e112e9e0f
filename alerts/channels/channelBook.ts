import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { type Clock, type Database, type Millis, notFound, Problem, recordOf, type Sent } from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'
import type { OutgoingHttp } from './outgoingHttp.ts'
import type { Message, Provider, ProviderCall, Receipt, Sender } from './providers/provider.ts'
import { type ProviderKind, providerKinds, providerOf } from './providers/providers.ts'
import type { SecretBox } from './secretBox.ts'

/** So many accounts may be kept. */
const MOST_CHANNELS = 50

/** An account as it is shown: what is secret of it is not. */
export interface ChannelView {
  id: string
  kind: ProviderKind
  way: Provider['way']
  isOn: boolean
  settings: Record<string, unknown>
  /** Names of secrets that are set. */
  secrets: string[]
  changedAt: Millis
  changedBy: string
  /** What its provider is to be given as the address for receipts. */
  receiptsPath?: string
}

/** What somebody enters; a secret that is left out stays what it was. */
export interface ChannelChange {
  kind: ProviderKind
  isOn: boolean
  settings: Record<string, unknown>
}

/** The accounts with those who carry messages. Held in memory, kept in a table. */
export interface ChannelBook {
  all(): ChannelView[]
  /** @throws Problem `bad-channel` names the first field that does not fit */
  put(id: string, change: ChannelChange, by: string): Promise<ChannelView>
  remove(id: string): Promise<void>
  /** Is there an account that is on, for this way (and, for numbers, this country)? */
  carries(way: Provider['way'], country?: string): boolean
  /** Ids of the robots that are on. */
  robots(): string[]
  /** Sends by the account of this id. */
  sendBy(id: string, message: Message): Promise<Sent>
  /** Sends by the first account of a way that serves the country. @throws Problem `no-channel` */
  send(way: Provider['way'], message: Message, country?: string): Promise<Sent & { channel: string }>
  /** What a provider told. @throws Problem `not-found` where the address, or its signature, is not right */
  heard(id: string, proof: string, call: Omit<ProviderCall, 'url'>): { receipts: Receipt[]; answer: string }
}

interface Held extends ChannelView {
  whole: Record<string, unknown>
  sender: Sender
}

const openSettings = jsonColumn('messageChannel', 'settings', recordOf(z.string(), z.unknown()))
const sealedSettings = jsonColumn('messageChannel', 'secrets', recordOf(z.string(), z.string()))

interface BookOptions {
  database: Database
  wall: Clock
  box: SecretBox
  http: OutgoingHttp
  publicUrl: string
  /** Keys the addresses that providers call. */
  receiptKey: string
}

export async function openChannelBook(options: BookOptions): Promise<ChannelBook> {
  const { database, wall, box } = options
  const rows = await database.query.selectFrom('messageChannel').selectAll().orderBy('id').execute()
  const held = new Map<string, Held>()
  for (const row of rows) {
    // One of a provider that this version does not know is left as it is.
    const kind = providerKinds.find((known) => known === row.kind)
    if (!kind) continue
    const { id, changedAt, changedBy } = row
    for (const { settings, secrets } of readable([row], (one) => ({
      settings: openSettings.read(one.settings, id),
      secrets: sealedSettings.read(box.open(one.secrets), id),
    })))
      held.set(id, hold(options, { id, kind, isOn: row.isOn === 1, changedAt, changedBy }, settings, secrets))
  }
  const on = (): Held[] => [...held.values()].filter(({ isOn }) => isOn).sort((a, b) => (a.id < b.id ? -1 : 1))
  const find = (way: Provider['way'], country?: string): Held | undefined =>
    on().find((one) => one.way === way && serves(one.whole, country))
  const known = (id: string): Held => {
    const one = held.get(id)
    if (!one) throw notFound('channel', id)
    return one
  }

  return {
    all: () => [...held.values()].map(shown),
    async put(id, { kind, isOn, settings }, by) {
      const before = held.get(id)
      if (!before && held.size >= MOST_CHANNELS) throw tooMany()
      const { fields } = providerOf(kind)
      const isSecret = (name: string): boolean => fields.some((field) => field.name === name && field.secret)
      const given = Object.entries(settings).filter(([, value]) => value !== '' && value !== null)
      const kept = before?.kind === kind ? Object.entries(before.whole).filter(([name]) => isSecret(name)) : []
      const secrets = Object.fromEntries(
        [...kept, ...given.filter(([name]) => isSecret(name))].map(([name, value]) => [name, String(value)]),
      )
      const open = Object.fromEntries(given.filter(([name]) => !isSecret(name)))
      const made = hold(options, { id, kind, isOn, changedAt: wall.now(), changedBy: by }, open, secrets)
      const row = {
        kind,
        isOn: isOn ? 1 : 0,
        settings: JSON.stringify(open),
        secrets: box.close(JSON.stringify(secrets)),
        changedAt: made.changedAt,
        changedBy: by,
      }
      await database.transaction((tx) =>
        tx
          .insertInto('messageChannel')
          .values({ id, ...row })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
          .execute(),
      )
      held.set(id, made)
      return shown(made)
    },
    async remove(id) {
      known(id)
      await database.transaction((tx) => tx.deleteFrom('messageChannel').where('id', '=', id).execute())
      held.delete(id)
    },
    carries: (way, country) => find(way, country) !== undefined,
    robots: () => on().flatMap(({ id, way }) => (way === 'robot' ? [id] : [])),
    sendBy: (id, message) => known(id).sender.send(message),
    async send(way, message, country) {
      const one = find(way, country)
      if (!one) throw noChannel(way)
      return { ...(await one.sender.send(message)), channel: one.id }
    },
    heard(id, proof, call) {
      const one = held.get(id)
      const path = one && pathOf(options.receiptKey, id)
      if (!one || !path || !sameText(path, `/api/receipts/${id}/${proof}`)) throw notFound('channel', id)
      const query = new URLSearchParams(call.query).toString()
      const url = `${options.publicUrl}${path}${query ? `?${query}` : ''}`
      const answer = providerOf(one.kind).receipts?.(one.whole, { ...call, url })
      if (!answer) throw notFound('channel', id)
      return answer
    },
  }
}

/** @throws Problem `bad-channel` */
function hold(
  { http, wall, publicUrl, receiptKey }: BookOptions,
  own: Pick<ChannelView, 'id' | 'kind' | 'isOn' | 'changedAt' | 'changedBy'>,
  settings: Record<string, unknown>,
  secrets: Record<string, string>,
): Held {
  const { way, tellsLater, open, receipts } = providerOf(own.kind)
  const whole = { ...settings, ...secrets }
  const path = tellsLater && receipts ? pathOf(receiptKey, own.id) : undefined
  // No provider reaches a server that calls itself by an address of this machine.
  const isReached = publicUrl.startsWith('https:')
  const means = {
    http,
    now: () => wall.now(),
    nonce: () => randomBytes(16).toString('hex'),
    ...(path && isReached ? { receiptsUrl: publicUrl + path } : {}),
  }
  try {
    const sender = open(whole, means)
    return {
      ...own,
      way,
      settings,
      secrets: Object.keys(secrets),
      whole,
      sender,
      ...(path ? { receiptsPath: path } : {}),
    }
  } catch (error) {
    if (error instanceof z.ZodError) throw badChannel(error)
    throw error
  }
}

const shown = ({ whole: _, sender: _sender, ...view }: Held): ChannelView => view

const pathOf = (key: string, id: string): string =>
  `/api/receipts/${id}/${createHmac('sha256', key).update(`receipts of ${id}`).digest('base64url').slice(0, 32)}`

const sameText = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

const countriesIn = z.object({ countries: z.array(z.string()).optional() })
/** Without a list it serves all. */
function serves(settings: Record<string, unknown>, country: string | undefined): boolean {
  const { countries } = countriesIn.parse(settings)
  return country === undefined || countries === undefined || countries.includes(country)
}

function badChannel({ issues: [issue] }: z.ZodError): Problem {
  const name = issue?.path.join('.') ?? ''
  return new Problem({
    code: 'bad-channel',
    message: `${name || 'The settings'}: ${issue?.message ?? 'does not fit'}.`,
    remedy: 'GET /api/channels says which fields each kind has, and docs/channels.md where to find them.',
    concerns: name,
    status: 422,
  })
}
const tooMany = (): Problem =>
  new Problem({
    code: 'too-many-channels',
    message: `There are ${MOST_CHANNELS} channels already.`,
    remedy: 'Remove one that is not used.',
    status: 409,
  })
const noChannel = (way: string): Problem =>
  new Problem({
    code: 'no-channel',
    message: `No channel that is on carries '${way}' there.`,
    remedy: 'Add one on the page Settings.',
    retryable: false,
  })
