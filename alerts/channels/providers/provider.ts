import { z } from 'zod'
import { type Language, Problem, recordOf, type Sent } from '../../../core/index.ts'
import type { OutgoingAnswer, OutgoingHttp } from '../outgoingHttp.ts'

/** What is said, as every provider gets it. */
export interface Message {
  /** E.164 (`+4915112345678`), a WeChat open id, or empty where a robot knows its room. */
  to: string
  language: Language
  title: string
  text: string
  /** The way to the page that it is about. */
  link?: string
  /** Which news it is: by it a provider's own template is chosen. */
  template: string
  /** What templates may fill in. */
  params: Readonly<Record<string, string>>
}

/** What an account sends with. */
export interface SendMeans {
  http: OutgoingHttp
  /** Wall clock, ms. */
  now: () => number
  /** Unique for each request. */
  nonce: () => string
  /** Where the provider tells what became of a message; undefined where nothing of outside reaches this server. */
  receiptsUrl?: string
}

/** What a provider told of a message that it took earlier. */
export interface Receipt {
  /** As it was called when it was taken. */
  id: string
  /** It reached a person; else why it did not. */
  received: boolean
  error?: string
}

/** A call of a provider at our door. */
export interface ProviderCall {
  url: string
  headers: Readonly<Record<string, string | string[] | undefined>>
  query: Readonly<Record<string, string>>
  body: string
}

/** Sends by one account that somebody has with a provider. */
export interface Sender {
  send(message: Message): Promise<Sent>
}

/** A company that carries messages: what an account with it needs, and how it is spoken to. */
export interface Provider {
  /** What it carries. */
  way: 'sms' | 'voice' | 'wechat' | 'robot'
  /** Does it say later whether a person has it? */
  tellsLater: boolean
  /** Names of its settings, in the order of the form; secret ones are never shown again. */
  fields: readonly { name: string; secret: boolean; required: boolean; json: boolean }[]
  /** @throws ZodError where the settings do not fit */
  open(settings: unknown, means: SendMeans): Sender
  /** Reads what it tells us. Undefined: it is not from them. */
  receipts?(settings: unknown, call: ProviderCall): { receipts: Receipt[]; answer: string } | undefined
}

/** A provider from its schema; secrets are the fields named so. */
export function provider<S extends z.ZodObject>(made: {
  way: Provider['way']
  tellsLater: boolean
  settings: S
  secrets: readonly (keyof z.infer<S> & string)[]
  open(settings: z.infer<S>, means: SendMeans): Sender
  receipts?(settings: z.infer<S>, call: ProviderCall): { receipts: Receipt[]; answer: string } | undefined
}): Provider {
  const { way, tellsLater, settings, secrets, receipts } = made
  return {
    way,
    tellsLater,
    fields: Object.entries(settings.shape).map(([name, schema]) => ({
      name,
      secret: secrets.includes(name),
      required: !z.safeParse(schema as z.ZodType, undefined).success,
      json: !z.safeParse(schema as z.ZodType, 'text').success,
    })),
    open: (given, means) => made.open(settings.parse(given), means),
    ...(receipts ? { receipts: (given, call) => receipts(settings.parse(given), call) } : {}),
  }
}

export const shortText = z.string().trim().min(1).max(200)
/** News → the provider's own template for it; `other` for the rest. */
export const templates = recordOf(z.string().max(40), z.string().min(1).max(100))

/** Which template a message takes. @throws Problem `no-template` */
export function templateOf(known: Readonly<Record<string, string>>, { template }: Message): string {
  const found = new Map(Object.entries(known))
  const chosen = found.get(template) ?? found.get('other')
  if (chosen !== undefined) return chosen
  throw new Problem({
    code: 'no-template',
    message: `The channel has no template for '${template}'.`,
    remedy: `Name one in its settings, under '${template}' or 'other'.`,
    retryable: false,
  })
}

/** A refusal of a provider; its own words may name the person, so only its code is told. */
export const refusedBy = (who: string, code: string | number, retryable: boolean): Problem =>
  new Problem({
    code: 'message-refused',
    message: `${who} did not take the message: ${code}.`,
    remedy: 'Look its code up at the provider; check the settings of the channel and the contact.',
    retryable,
  })

/** What came back as JSON. @throws Problem, retryable where the provider itself has trouble */
export function answeredJson(who: string, { status, body }: OutgoingAnswer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // What is no JSON comes from something before the provider: its status says all.
  }
  throw refusedBy(who, status, status >= 500 || status === 429)
}
