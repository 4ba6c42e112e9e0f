import { createHash, randomInt } from 'node:crypto'
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import { type Clock, MINUTE, Problem } from '../../../../core/index.ts'
import type { AuthLibrary } from '../authLibrary.ts'
import { lookAt, newTotpSecret, totpUri } from './totp.ts'

const RECOVERY_CODES = 10
/** Without the ones that are taken for others. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const CODE_LENGTH = 16

interface Row {
  id: string
  userId: string
  secret: string
  confirmedAt?: Date | null
  lastStep?: number | null
  recovery: string
}
export interface SecondFactorState {
  enabled: boolean
  recoveryLeft: number
}

/** What is asked for besides the password: a code of an authenticator, or one of ten that were written down. */
export class SecondFactors {
  readonly #table: AuthLibrary['table']
  readonly #clock: Clock
  readonly #key: string
  #turn: Promise<unknown> = Promise.resolve()
  /** @param key the session secret */
  constructor(table: AuthLibrary['table'], clock: Clock, key: string) {
    this.#table = table
    this.#clock = clock
    this.#key = key
  }

  async of(account: string): Promise<SecondFactorState> {
    const row = await this.#row(account)
    const enabled = !!row?.confirmedAt
    return { enabled, recoveryLeft: enabled ? left(row).length : 0 }
  }
  /** Begins: it counts once a code of it was confirmed. @returns what is shown once @throws Problem `second-factor-on` */
  begin(account: string, name: string): Promise<{ secret: string; uri: string; recovery: string[] }> {
    return this.#inTurn(() => this.#begin(account, name))
  }
  async #begin(account: string, name: string): Promise<{ secret: string; uri: string; recovery: string[] }> {
    const row = await this.#row(account)
    if (row?.confirmedAt)
      throw new Problem({
        code: 'second-factor-on',
        message: 'A second factor is asked for already.',
        remedy: 'Take it away first, to begin with another one.',
        status: 409,
      })
    const secret = newTotpSecret()
    const recovery = Array.from({ length: RECOVERY_CODES }, newCode)
    await this.#table.remove('secondFactor', { userId: account })
    await this.#table.create<Row>('secondFactor', {
      userId: account,
      secret: await symmetricEncrypt({ key: this.#key, data: secret }),
      recovery: recovery.map(hashOf).join(','),
    })
    const uri = totpUri(secret, name)
    return { secret: new URL(uri).searchParams.get('secret') ?? '', uri, recovery }
  }
  /** @throws Problem as `check`, or `no-second-factor` */
  confirm(account: string, code: string): Promise<void> {
    return this.#inTurn(() => this.#confirm(account, code))
  }
  async #confirm(account: string, code: string): Promise<void> {
    const row = await this.#row(account)
    if (!row || row.confirmedAt)
      throw new Problem({
        code: 'no-second-factor',
        message: 'No second factor was begun, or it is confirmed already.',
        remedy: 'Begin one first.',
        status: 409,
      })
    // That of a recovery code proves no authenticator: the next sign-in would need another of them.
    if (!isOfAuthenticator(code))
      throw refused('wrong-code', 'This is no code of an authenticator.', 'Give the six digits that it shows now.')
    await this.#use(row, code)
    await this.#table.update('secondFactor', row.id, { confirmedAt: new Date(this.#clock.now()) })
  }
  /**
   * Is it they? Nothing is asked where there is no second factor.
   * @throws Problem `code-needed`, `wrong-code`, `code-used`, `wrong-clock`
   */
  check(account: string, code: string | undefined): Promise<void> {
    return this.#inTurn(async () => {
      const row = await this.#row(account)
      if (!row?.confirmedAt) return
      if (!code)
        throw refused(
          'code-needed',
          'This account asks for a code as well.',
          'Give the one that your authenticator shows, or a recovery code.',
        )
      await this.#use(row, code)
    })
  }
  async takeAway(account: string): Promise<void> {
    await this.#table.remove('secondFactor', { userId: account })
  }

  async #use(row: Row, given: string): Promise<void> {
    const code = plain(given)
    if (!isOfAuthenticator(code)) return this.#useRecovery(row, code)
    const secret = await symmetricDecrypt({ key: this.#key, data: row.secret })
    const found = await lookAt(secret, code, this.#clock.now(), row.lastStep ?? undefined)
    switch (found.is) {
      case 'good':
        return this.#table.update('secondFactor', row.id, { lastStep: found.step })
      case 'used':
        throw refused('code-used', 'This code was used already.', 'Wait for the next one.')
      case 'of-wrong-clock': {
        const minutes = Math.max(1, Math.round(Math.abs(found.aheadMs) / MINUTE))
        const way = found.aheadMs > 0 ? 'ahead' : 'behind'
        throw refused(
          'wrong-clock',
          `This code is of another time: the clock of the device that made it is ${minutes} min ${way}.`,
          'Let it set its clock by the network, and take a new code.',
        )
      }
      case 'wrong':
        throw refused('wrong-code', 'This code is wrong.', 'Take the one that your authenticator shows now.')
    }
  }
  async #useRecovery(row: Row, code: string): Promise<void> {
    const known = left(row)
    const rest = known.filter((hash) => hash !== hashOf(code))
    if (rest.length === known.length)
      throw refused(
        'wrong-code',
        'This is no code of this account, or one that was used.',
        'Each recovery code works once.',
      )
    await this.#table.update('secondFactor', row.id, { recovery: rest.join(',') })
  }
  async #row(account: string): Promise<Row | undefined> {
    return (await this.#table.find<Row>('secondFactor', { userId: account }))[0]
  }
  /** One after the other: of two who use the same code at once, one gets in. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => undefined)
    return mine
  }
}

const plain = (code: string): string => code.replace(/[\s-]/g, '').toLowerCase()
const isOfAuthenticator = (code: string): boolean => /^\d{6}$/.test(plain(code))
const left = ({ recovery }: Row): string[] => recovery.split(',').filter(Boolean)
const newCode = (): string => Array.from({ length: CODE_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
const hashOf = (code: string): string => createHash('sha256').update(code).digest('base64url')
const refused = (code: string, message: string, remedy: string): Problem =>
  new Problem({ code, message, remedy, status: 401 })
