import { createHmac } from 'node:crypto'
import type { Millis } from '../../core/index.ts'

/** A row of the audit as it lies in the table. */
export interface ChainedRow {
  seq: number
  at: Millis
  who: string
  action: string
  subject: string | null
  address: string | null
  detail: string | null
  /** How often it was, where one row stands for several. */
  times: number | null
  /** Of this row and the hash before it; null on rows that were written before there was a chain. */
  hash: string | null
}
/** Where the chain ended when somebody noted it. */
export interface AuditHead {
  seq: number
  hash: string
}
/** The last row that was forgotten, because the policy keeps rows no longer: the chain goes on from its hash. */
export type AuditFloor = AuditHead
/** A row of the chain says what was forgotten before it, so that nobody else can cut off its beginning. */
export const FORGOTTEN = 'audit-forgotten'
export const floorDetail = ({ seq, hash }: AuditFloor): string => `${seq}:${hash}`
export type AuditFault =
  /** This row is not what was written, or (renumbered) not the one that stood here. */
  | { kind: 'changed'; seq: number }
  /** Rows that were written and are gone, both ends included. */
  | { kind: 'missing'; from: number; to: number }
  /** A row without a hash after ones that have it: nobody but this program's chain adds rows. */
  | { kind: 'unsigned'; seq: number }
  /** Rows up to the noted end are gone. */
  | { kind: 'cut'; from: number; to: number }
export interface AuditCheck {
  rows: number
  /** Rows from before there was a chain; the first row after them vouches for all of them together. */
  before: number
  head: AuditHead | null
  /** The first of them; `more` are not listed. */
  faults: AuditFault[]
  more: number
  /** Up to this row all were forgotten by the policy. */
  forgottenTo?: number
  /** Was there a noted end to compare with? Without one, rows that were cut off at the end are not missed. */
  endKnown: boolean
}

const MOST_FAULTS = 50

/** Hash of a row: HMAC-SHA256 of the one before it and all that it says, under a key that is not in the database. */
export function hashOf(key: string, before: string, row: Omit<ChainedRow, 'hash'>): string {
  const { seq, at, who, action, subject, address, detail, times } = row
  return createHmac('sha256', key)
    .update(JSON.stringify([before, seq, at, who, action, subject, address, detail, times]))
    .digest('base64url')
}

/**
 * Follows the chain row by row. Each hash is compared with the one that is *stored* before it, so one change is one fault
 * and not one for every row after it. O(1) memory.
 */
export class ChainCheck {
  readonly #key: string
  readonly #noted: AuditHead | undefined
  readonly #floor: AuditFloor | undefined
  #floorVouched = false
  readonly #faults: AuditFault[] = []
  #found = 0
  #rows = 0
  #unchained = 0
  #before = ''
  #last = 0
  #isChained = false
  #noteSeen = false

  constructor(key: string, noted?: AuditHead, floor?: AuditFloor) {
    this.#key = key
    this.#noted = noted
    this.#floor = floor
    if (!floor) return
    this.#before = floor.hash
    this.#last = floor.seq
    this.#isChained = true
  }

  /** @param row the next one by `seq` */
  next(row: ChainedRow): void {
    this.#rows++
    const hash = hashOf(this.#key, this.#before, row)
    if (row.seq <= this.#last) this.#fault({ kind: 'changed', seq: row.seq })
    else if (this.#isChained && row.seq !== this.#last + 1)
      this.#fault({ kind: 'missing', from: this.#last + 1, to: row.seq - 1 })
    else if (this.#isChained && row.hash === null) this.#fault({ kind: 'unsigned', seq: row.seq })
    else if (row.hash !== null && row.hash !== hash) this.#fault({ kind: 'changed', seq: row.seq })
    else if (row.seq === this.#noted?.seq && row.hash !== this.#noted.hash)
      this.#fault({ kind: 'changed', seq: row.seq })
    if (row.seq === this.#noted?.seq) this.#noteSeen = true
    if (this.#floor && row.hash === hash && row.action === FORGOTTEN && row.detail === floorDetail(this.#floor))
      this.#floorVouched = true
    if (row.hash !== null) this.#isChained = true
    else if (!this.#isChained) this.#unchained++
    this.#before = row.hash ?? hash
    this.#last = row.seq
  }

  /** What the rows so far come to: the next one is hashed with this. */
  get before(): string {
    return this.#before
  }

  end(): AuditCheck {
    // A beginning that somebody else cut off: no row of the chain says that it was forgotten.
    if (this.#floor && !this.#floorVouched) this.#fault({ kind: 'missing', from: 1, to: this.#floor.seq })
    if (this.#noted && !this.#noteSeen && this.#noted.seq > this.#last)
      this.#fault({ kind: 'cut', from: this.#last + 1, to: this.#noted.seq })
    return {
      rows: this.#rows,
      before: this.#unchained,
      head: this.#isChained ? { seq: this.#last, hash: this.#before } : null,
      faults: this.#faults,
      more: this.#found - this.#faults.length,
      ...(this.#floor ? { forgottenTo: this.#floor.seq } : {}),
      endKnown: this.#noted !== undefined,
    }
  }

  #fault(fault: AuditFault): void {
    this.#found++
    if (this.#faults.length < MOST_FAULTS) this.#faults.push(fault)
  }
}
