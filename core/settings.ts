import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { Problem } from './errors.ts'
import { quarantineBounds } from './quota.ts'

const port = z.coerce.number().int().min(0).max(65_535)
/** Of a file. */
const path = z
  .string()
  .min(1)
  .transform((file) => resolve(file))
const atLeast0 = z.coerce.number().int().min(0)
const url = (...schemes: string[]) =>
  z.string().refine((v) => URL.canParse(v) && schemes.includes(new URL(v).protocol.slice(0, -1)), {
    message: `must be a URL that starts with ${schemes.map((s) => `${s}://`).join(' or ')}`,
  })

/** Parts of a text between commas. */
const list = (fits: (entry: string) => boolean, message: string) =>
  z
    .string()
    .transform((text) => text.split(',').map((entry) => entry.trim()))
    .refine((entries) => entries.every(fits), { message })
/** An address, or a network in CIDR notation. */
function isAddress(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

const isNaming = (entry: string): boolean => /^[^=]+=(?:[a-z0-9-]+\/)?[a-z]+$/.test(entry)

/** As browsers write it: scheme, host, and a port that does not go without saying. */
const isOrigin = (entry: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/[^/\s]+$/.test(entry)

/** Every setting, read once at the start. Port 0 takes any free port. */
const settingsSchema = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port.default(3000),
  MQTT_PORT: port.default(1883),
  DATA_DIR: z
    .string()
    .min(1)
    .default('./data')
    .transform((dir) => resolve(dir)),
  TLS_CERT: path.optional(),
  TLS_KEY: path.optional(),
  TLS_CLIENT_CA: path.optional(),
  TLS_CLIENT_CRL: path.optional(),
  HTTPS_PORT: port.default(3443),
  MQTTS_PORT: port.default(8883),
  MODELS_DIR: z
    .string()
    .min(1)
    .transform((dir) => resolve(dir))
    .optional(),
  SIMULATE: z.coerce.number().int().min(0).max(100_000).default(300),
  SIMULATE_SPEED: z.coerce.number().min(0).max(1_000_000).default(60),
  SIMULATE_SEED: z.coerce.number().int().min(0).default(7),
  SIMULATE_DAYS: z.coerce.number().min(0).max(400).default(30),
  CLOCK: z.enum(['wall', 'telemetry']).default('wall'),
  ADMIN_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  OIDC_ISSUER: url('https', 'http').optional(),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  OIDC_ROLE_CLAIM: z.string().min(1).max(200).default('roles'),
  OIDC_ROLES: list(
    isNaming,
    'must be pairs such as heating-desk=dispatcher,heating-admins=admin,acme-desk=acme/dispatcher',
  ).optional(),
  ADMIN_PASSWORD: z.string().min(8, 'must have at least 8 characters').optional(),
  PUBLIC_URL: url('http', 'https').optional(),
  SMTP_URL: url('smtp', 'smtps').optional(),
  WEBHOOK_URL: url('http', 'https').optional(),
  TRUSTED_PROXIES: list(isAddress, 'must be addresses or networks such as 127.0.0.1 or 10.0.0.0/8').optional(),
  ALLOWED_ORIGINS: list(isOrigin, 'must be origins such as https://desk.example.org, without a path').optional(),
  ALLOW_PRIVATE_TARGETS: z
    .preprocess(
      (said) =>
        said === '1' || said === 'true' ? '0.0.0.0/0,::/0' : said === '0' || said === 'false' ? undefined : said,
      list(isAddress, 'must be 1 (any), or addresses or networks such as 10.0.0.0/8').optional(),
    )
    .optional(),
  APPLIANCE_MESSAGES_PER_HOUR: atLeast0.default(3_600_000),
  APPLIANCE_BYTES_PER_HOUR: atLeast0.default(2 ** 31),
  QUARANTINE_ROWS_PER_APPLIANCE: atLeast0.default(quarantineBounds.rows),
  QUARANTINE_BYTES_PER_APPLIANCE: atLeast0.default(quarantineBounds.bytes),
  WEBHOOK_SECRET: z.string().min(16).optional(),
  REDIS_URL: url('redis', 'rediss').optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http', 'https').optional(),
  POSTGRES_URL: url('postgres', 'postgresql').optional(),
  INFLUX_URL: url('http', 'https').optional(),
  INFLUX_VERSION: z.enum(['1', '2', '3']).default('1'),
  INFLUX_TOKEN: z.string().optional(),
  INFLUX_ORG: z.string().default('hearthwatch'),
  INFLUX_BUCKET: z.string().default('hearthwatch'),
  HOMEASSISTANT_URL: url('mqtt', 'mqtts', 'ws', 'wss').optional(),
  HOMEASSISTANT_PREFIX: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^#+]+$/, 'must be a topic without wildcards')
    .default('homeassistant'),
  MQTT_URL: url('mqtt', 'mqtts', 'ws', 'wss').optional(),
  MQTT_VERSION: z.enum(['4', '5']).default('5'),
  MQTT_GROUP: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be a name of A–Z a–z 0–9 _ -')
    .optional(),
  PAYMENT_URL: url('http', 'https').optional(),
  PAYMENT_SECRET: z.string().min(16, 'must have at least 16 characters').optional(),
  PAYMENT_PAGES: list(isOrigin, 'must be origins such as https://pay.example.org, without a path').optional(),
  ASSISTANT_URL: url('http', 'https').optional(),
  ASSISTANT_MODEL: z.string().min(1).max(200).default('default'),
  ASSISTANT_TOKEN: z.string().min(1).optional(),
  /** An answer of the API that is not as it is described is an error: for tests. */
  STRICT_ANSWERS: z.stringbool().default(false),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
})
export type Settings = z.infer<typeof settingsSchema>
export const settingNames = Object.keys(settingsSchema.shape) as (keyof Settings)[]

/** Is its value for nobody's eyes? */
export const isSecret = (name: string): boolean => /PASSWORD|TOKEN|SECRET/.test(name)

/** The organisation that every installation has. */
export const FIRST = 'main'

/** The world that a start runs: its folder below `DATA_DIR`, and who moves its clock. */
export interface World {
  name: 'simulation' | 'live'
  dir: string
  clock: 'wall' | 'telemetry'
  /** Of a further organisation its id; absent: the first one's. */
  organisation?: string
}

/** What it is called on servers that several worlds share: letters, digits and underscores. */
export const sharedNameOf = ({ name, organisation }: World): string =>
  organisation === undefined ? name : `${name}_${organisation.replaceAll('-', '_')}`

/** @throws Problem `bad-setting`, which names the first wrong variable */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const given = Object.fromEntries(settingNames.map((name) => [name, env[name] === '' ? undefined : env[name]]))
  const parsed = settingsSchema.safeParse(given)
  if (parsed.success) {
    const { TLS_CERT, TLS_KEY } = parsed.data
    if ((TLS_CERT === undefined) !== (TLS_KEY === undefined)) {
      throw new Problem({
        code: 'bad-setting',
        message: `${TLS_CERT ? 'TLS_CERT' : 'TLS_KEY'} is set without ${TLS_CERT ? 'TLS_KEY' : 'TLS_CERT'}.`,
        remedy: 'Set both, PEM files of one certificate and its key, or neither.',
        concerns: TLS_CERT ? 'TLS_KEY' : 'TLS_CERT',
      })
    }
    const { OIDC_ISSUER, OIDC_CLIENT_ID } = parsed.data
    if ((OIDC_ISSUER === undefined) !== (OIDC_CLIENT_ID === undefined)) {
      throw new Problem({
        code: 'bad-setting',
        message: `${OIDC_ISSUER ? 'OIDC_ISSUER' : 'OIDC_CLIENT_ID'} is set without ${OIDC_ISSUER ? 'OIDC_CLIENT_ID' : 'OIDC_ISSUER'}.`,
        remedy: 'Set both, or neither.',
        concerns: OIDC_ISSUER ? 'OIDC_CLIENT_ID' : 'OIDC_ISSUER',
      })
    }
    const { PAYMENT_URL, PAYMENT_SECRET } = parsed.data
    if ((PAYMENT_URL === undefined) !== (PAYMENT_SECRET === undefined)) {
      throw new Problem({
        code: 'bad-setting',
        message: `${PAYMENT_URL ? 'PAYMENT_URL' : 'PAYMENT_SECRET'} is set without ${PAYMENT_URL ? 'PAYMENT_SECRET' : 'PAYMENT_URL'}.`,
        remedy: 'Set both, or neither.',
        concerns: PAYMENT_URL ? 'PAYMENT_SECRET' : 'PAYMENT_URL',
      })
    }
    return parsed.data
  }
  const issue = parsed.error.issues[0]
  const name = String(issue?.path[0])
  throw new Problem({
    code: 'bad-setting',
    message: `${name}=${isSecret(name) || given[name]?.includes('@') ? '••••' : (given[name] ?? '')} cannot be used: ${issue?.message}.`,
    remedy: `Set ${name} to a value that fits, or unset it for its default.`,
    concerns: name,
  })
}

export function worldOf(settings: Settings): World {
  const name = settings.SIMULATE > 0 ? 'simulation' : 'live'
  return {
    name,
    dir: resolve(settings.DATA_DIR, name),
    clock: settings.SIMULATE > 0 ? 'telemetry' : settings.CLOCK,
  }
}

/** Is it an address that only this machine can reach? */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' ||
  host === '::1' ||
  (isIP(host) === 4 && host.startsWith('127.')) ||
  host.startsWith('::ffff:127.')
