/** What of an owner is shown: how they are called and reached, and the link by which one acts for them. */
export interface Shown {
  contact: boolean
  link: boolean
}

/** An answer without what is not shown of owners; where all is, it is the answer itself. Pure. */
export function withoutOwners(value: unknown, shown: Shown): unknown {
  if ((shown.contact && shown.link) || typeof value !== 'object' || value === null) return value
  // Series are long, and nobody's.
  if (Array.isArray(value)) return typeof value[0] === 'number' ? value : value.map((one) => withoutOwners(one, shown))
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fieldOf(key, one, shown)]))
}

function fieldOf(key: string, value: unknown, shown: Shown): unknown {
  if (key === 'ownerLink') return shown.link ? value : ''
  if (shown.contact) return withoutOwners(value, shown)
  // What the catalog has for owners to read is nobody's.
  if (key === 'owner' && isRecord(value) && !Object.hasOwn(value, 'en')) return { language: value.language }
  if (key === 'to' && isRecord(value) && value.role === 'owner') return { role: 'owner', language: value.language }
  if ((key === 'by' || key === 'who') && typeof value === 'string') return value.startsWith('owner ') ? 'owner' : value
  return withoutOwners(value, shown)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
