import { randomBytes } from 'node:crypto'
import { createOTP } from '@better-auth/utils/otp'
import { type Millis, SECOND } from '../../../../core/index.ts'

/** RFC 6238 as every authenticator speaks it: SHA-1, six digits, thirty seconds. */
const STEP_MS = 30 * SECOND
/** Steps to either side that count: a code that was read just before it changed. */
const NEAR = 1
/** Steps to either side in which a code is known for one of a clock that is wrong: ten minutes. */
const FAR = 20
const SECRET_BYTES = 20

/** What a code is, by its secret and by the codes that were used. */
export type CodeFound =
  | { is: 'good'; step: number }
  /** It was good, and was used already. */
  | { is: 'used' }
  /** It is of another time: the clock of the device that made it is ahead by so much, or behind (below 0). */
  | { is: 'of-wrong-clock'; aheadMs: Millis }
  | { is: 'wrong' }

/** @param lastStep the step of the last code that was used */
export async function lookAt(secret: string, code: string, now: Millis, lastStep = -1): Promise<CodeFound> {
  const otp = createOTP(Buffer.from(secret, 'base64'))
  const present = Math.floor(now / STEP_MS)
  let wrongClock: number | undefined
  for (let away = -FAR; away <= FAR; away++) {
    if ((await otp.hotp(present + away)) !== code) continue
    if (Math.abs(away) <= NEAR) return present + away > lastStep ? { is: 'good', step: present + away } : { is: 'used' }
    wrongClock = away
  }
  return wrongClock === undefined ? { is: 'wrong' } : { is: 'of-wrong-clock', aheadMs: wrongClock * STEP_MS }
}

export const newTotpSecret = (): string => randomBytes(SECRET_BYTES).toString('base64')

/** What an authenticator reads from the code on the page. */
export const totpUri = (secret: string, account: string): string =>
  createOTP(Buffer.from(secret, 'base64')).url('Hearthwatch', account)
