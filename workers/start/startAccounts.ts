import { isLoopback, type Settings } from '../../core/index.ts'
import type { Installation, OidcSettings } from '../../dashboards/index.ts'

/** Loads what people sign in by, and opens their accounts, which both worlds share. */
export async function startAccounts(settings: Settings): Promise<Installation> {
  const { checkReach, openAccounts } = await import('../../dashboards/index.ts')
  const accounts = await openAccounts({
    dataDir: settings.DATA_DIR,
    publicUrl: settings.PUBLIC_URL?.replace(/\/$/, '') ?? `http://${settings.HOST}:${settings.PORT || 3000}`,
    ...oidcOf(settings),
    ...(settings.POSTGRES_URL ? { postgresUrl: settings.POSTGRES_URL } : {}),
    ...(settings.ADMIN_PASSWORD ? { adminPassword: settings.ADMIN_PASSWORD } : {}),
  })
  try {
    await checkReach(settings, accounts)
  } catch (error) {
    await accounts.close()
    throw error
  }
  return accounts
}

/** Reached from outside, no door may open before it is known that the administrator's is locked. */
export const mustAskFirst = ({ HOST, ADMIN_TOKEN }: Settings): boolean => !isLoopback(HOST) && !ADMIN_TOKEN

function oidcOf(settings: Settings): { oidc?: OidcSettings } {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = settings
  if (!issuer || !clientId) return {}
  const names = new Map((settings.OIDC_ROLES ?? []).map((pair) => pair.split('=') as [string, string]))
  return { oidc: { issuer, clientId, clientSecret, claim: settings.OIDC_ROLE_CLAIM, names } }
}
