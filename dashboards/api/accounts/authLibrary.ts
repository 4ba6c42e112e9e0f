import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { username } from 'better-auth/plugins'
import { openPostgresPool, postgresProblem, secretFile } from '../../../database/index.ts'
import { ADDRESS_HEADER, accountName } from './accountNames.ts'
import { passwordChecks } from './passwordChecks.ts'
import { signInLinkPlugin } from './signInLink.ts'
import type { OidcSettings } from './ways/openIdConnect.ts'
import { ownTable } from './ways/ownTable.ts'
import { waysPlugin } from './ways/waysPlugin.ts'

export interface AccountsOptions {
  dataDir: string
  publicUrl: string
  postgresUrl?: string
  adminPassword?: string
  oidc?: OidcSettings
}

export type AuthLibrary = Awaited<ReturnType<typeof openAuthLibrary>>

/**
 * better-auth on SQLite in `DATA_DIR`, or on PostgreSQL, with its tables. Passwords are hashed by scrypt, which costs
 * memory on purpose. @param opens does this key of a sign-in link open the door, this once? @param takeGrant whose session
 * may be opened by it, this once?
 */
export async function openAuthLibrary(
  options: AccountsOptions,
  opens: (key: string) => Promise<boolean>,
  takeGrant: (grant: string) => string | undefined,
) {
  const secret = await secretFile(join(options.dataDir, 'session-secret'))
  const sqlite = options.postgresUrl ? undefined : new DatabaseSync(join(options.dataDir, 'accounts.db'))
  sqlite?.exec('pragma journal_mode=wal; pragma synchronous=full')
  const pool = options.postgresUrl
    ? await openPostgresPool({ connectionString: options.postgresUrl, max: 4 })
    : undefined
  const auth = betterAuth({
    // better-auth takes a DatabaseSync as it is; its types name other drivers.
    database: (sqlite ?? pool) as never,
    secret,
    baseURL: options.publicUrl,
    telemetry: { enabled: false },
    logger: { disabled: true },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 8, password: passwordChecks() },
    session: { expiresIn: 30 * 86_400 },
    advanced: { ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] } },
    user: {
      additionalFields: {
        // Several are parted by commas.
        role: { type: 'string', input: false, defaultValue: 'viewer' },
        engineer: { type: 'string', input: false, required: false },
        disabled: { type: 'boolean', input: false, required: false },
        lastSignInAt: { type: 'date', input: false, required: false },
      },
    },
    plugins: [
      username({ usernameValidator: (name) => accountName.test(name) }),
      signInLinkPlugin(opens),
      waysPlugin(takeGrant),
    ],
  })
  try {
    const { runMigrations } = await getMigrations(auth.options)
    await runMigrations()
  } catch (error) {
    throw pool ? postgresProblem(error) : error
  }
  const { adapter, internalAdapter: users, password: passwords } = await auth.$context
  return {
    auth,
    users,
    passwords,
    secret,
    table: ownTable(adapter),
    async close(): Promise<void> {
      sqlite?.close()
      await pool?.end()
    },
  }
}
