import { z } from 'zod'
import {
  type Database,
  idSchema,
  isTimeZone,
  languages,
  type Millis,
  notFound,
  Problem,
  type StaffTold,
  type UnitOfWork,
} from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import { checkContacts, ownerTold } from '../registry/ownerTold.ts'
import { type OnCallNow, type OnCallPerson, type Override, onCallAt, type Rota } from './onCall.ts'

const MOST = 200
/** Overrides that are over are kept so long, for whoever asks who it was. */
const KEPT_MS = 90 * 86_400_000

export const onCallPersonSchema = z.object({
  id: idSchema,
  name: z.string().trim().min(1).max(200),
  language: z.enum(languages).default('en'),
  contact: z.string().trim().min(1).max(200),
  phone: z.string().max(40).optional(),
  wechat: z.string().max(64).optional(),
})
export const rotaSchema = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 characters of a-z 0-9 -'),
  timeZone: z.string().max(64).refine(isTimeZone, 'must be a time zone by its IANA name, like Europe/Berlin'),
  since: z.iso.date(),
  handoverHour: z.number().min(0).max(24),
  turnDays: z.number().int().min(1).max(366),
  members: z.array(idSchema).max(100),
})

const personBody = jsonColumn('onCallPerson', 'body', onCallPersonSchema)
const rotaBody = jsonColumn('onCallRota', 'body', rotaSchema)
const overrideBody = jsonColumn<Override, 'onCallOverride'>(
  'onCallOverride',
  'body',
  z.looseObject({
    id: z.string(),
    rota: z.string(),
    person: z.string(),
    from: z.number(),
    to: z.number(),
    by: z.string(),
    why: z.string(),
  }),
)

/** Who can be called, and whose turn it is. Held in memory, kept in tables. */
export interface OnCallBook {
  people(): OnCallPerson[]
  rotas(): Rota[]
  overrides(): Override[]
  /** Whose turn it is at a moment, by rota. */
  who(rota: string, at: Millis): (OnCallNow & { told: StaffTold }) | undefined
  savePerson(person: OnCallPerson): Promise<void>
  /** @throws Problem `on-call-in-use` */
  removePerson(id: string): Promise<void>
  /** @throws Problem `unknown-person` */
  saveRota(rota: Rota): Promise<void>
  removeRota(id: string): Promise<void>
  override(made: Override, at: Millis): Promise<void>
  removeOverride(id: string): Promise<void>
}

type Rules = () => Pick<Policy, 'timeZone' | 'holidays'>

export async function openOnCallBook(database: Database, rules: Rules): Promise<OnCallBook> {
  const [people, rotas, rows] = await Promise.all([
    database.query.selectFrom('onCallPerson').select(['id', 'body']).orderBy('id').execute(),
    database.query.selectFrom('onCallRota').select(['id', 'body']).orderBy('id').execute(),
    database.query.selectFrom('onCallOverride').select(['id', 'body']).orderBy('madeAt').orderBy('id').execute(),
  ])
  const known = new Map(readable(people, ({ id, body }) => named(personBody.read(body, id))))
  const turns = new Map(readable(rotas, ({ id, body }) => named(rotaBody.read(body, id))))
  let overrides = readable(rows, ({ id, body }) => overrideBody.read(body, id))

  const write = (table: 'onCallPerson' | 'onCallRota', id: string, value: object): Promise<unknown> => {
    const body = JSON.stringify(value)
    return database.transaction((tx) =>
      tx
        .insertInto(table)
        .values({ id, body })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ body }))
        .execute(),
    )
  }
  const drop = (table: 'onCallPerson' | 'onCallRota' | 'onCallOverride', id: string): Promise<unknown> =>
    database.transaction((tx: UnitOfWork) => tx.deleteFrom(table).where('id', '=', id).execute())
  const requireKnown = (ids: readonly string[]): void => {
    const unknown = ids.find((id) => !known.has(id))
    if (unknown !== undefined) throw unknownPerson(unknown)
  }

  return {
    people: () => [...known.values()],
    rotas: () => [...turns.values()],
    overrides: () => overrides,
    who(id, at) {
      const rota = turns.get(id)
      const now = rota && onCallAt(rota, overrides, at)
      const person = now && known.get(now.person)
      return now && person ? { ...now, told: staffTold(person, rota, rules()) } : undefined
    },
    async savePerson(person) {
      if (!known.has(person.id) && known.size >= MOST) throw tooMany()
      checkContacts(person, known.get(person.id), {}, rules())
      await write('onCallPerson', person.id, person)
      known.set(person.id, person)
    },
    async removePerson(id) {
      if (!known.has(id)) throw notFound('person', id)
      const rota = [...turns.values()].find(({ members }) => members.includes(id))
      if (rota) throw inUse(id, rota.id)
      await drop('onCallPerson', id)
      known.delete(id)
    },
    async saveRota(rota) {
      if (!turns.has(rota.id) && turns.size >= MOST) throw tooMany()
      requireKnown(rota.members)
      await write('onCallRota', rota.id, rota)
      turns.set(rota.id, { ...rota, members: [...rota.members] })
    },
    async removeRota(id) {
      if (!turns.has(id)) throw notFound('rota', id)
      await drop('onCallRota', id)
      turns.delete(id)
    },
    async override(made, at) {
      if (!turns.has(made.rota)) throw notFound('rota', made.rota)
      requireKnown([made.person])
      const kept = overrides.filter(({ to }) => to > at - KEPT_MS)
      if (kept.length >= MOST) throw tooMany()
      const row = { id: made.id, rota: made.rota, until: made.to, madeAt: at, body: JSON.stringify(made) }
      await database.transaction(async (tx) => {
        await tx
          .deleteFrom('onCallOverride')
          .where('until', '<=', at - KEPT_MS)
          .execute()
        await tx.insertInto('onCallOverride').values(row).execute()
      })
      overrides = [...kept, made]
    },
    async removeOverride(id) {
      if (!overrides.some((one) => one.id === id)) throw notFound('override', id)
      await drop('onCallOverride', id)
      overrides = overrides.filter((one) => one.id !== id)
    },
  }
}

const named = <T extends { id: string }>(one: T): [string, T] => [one.id, one]

/** A number without its country is one of where the rota is kept. */
function staffTold(person: OnCallPerson, { timeZone }: Rota, rules: ReturnType<Rules>): StaffTold {
  return { ...ownerTold(person, { timeZone }, rules), role: 'staff', id: person.id }
}

const unknownPerson = (id: string): Problem =>
  new Problem({
    code: 'unknown-person',
    message: `Nobody who can be called is known as '${id}'.`,
    remedy: 'Add them first: PUT /api/on-call/people/:id.',
    concerns: id,
    status: 422,
  })
const inUse = (id: string, rota: string): Problem =>
  new Problem({
    code: 'on-call-in-use',
    message: `'${id}' has turns in the rota '${rota}'.`,
    remedy: 'Take them out of the rota first.',
    concerns: id,
    status: 409,
  })
const tooMany = (): Problem =>
  new Problem({
    code: 'too-many',
    message: `There are ${MOST} already.`,
    remedy: 'Remove what is not used.',
    status: 409,
  })
