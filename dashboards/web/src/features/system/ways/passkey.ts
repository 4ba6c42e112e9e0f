import { startAuthentication, startRegistration } from '@simplewebauthn/browser'
import { call } from '../../../api.ts'
import type { useAction } from '../../../components/useAction.ts'

type Act = ReturnType<typeof useAction>['act']

/** @returns did the device refuse, or its person? What the server refuses, `act` has said. */
export async function makePasskey(act: Act, password: string, name: string): Promise<boolean> {
  const begun = await act('POST /api/session/passkeys', {}, { password: password || null })
  if (!begun) return false
  const response = await startRegistration({ optionsJSON: begun.options }).catch(() => undefined)
  if (!response) return true
  await act('POST /api/session/passkeys/finish', {}, { ceremony: begun.ceremony, name, response })
  return false
}

/** @throws ApiError, or what the browser says when its person takes it back */
export async function signInByPasskey(): Promise<void> {
  const { ceremony, options } = await call('POST /api/session/passkey', {}, {})
  const response = await startAuthentication({ optionsJSON: options })
  await call('POST /api/session/passkey/finish', {}, { ceremony, response })
}
