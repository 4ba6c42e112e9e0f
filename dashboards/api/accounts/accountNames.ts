/** What people do here. `desk` is of accounts that were made before its work places had roles of their own. */
export const roles = [
  'admin',
  'supervisor',
  'dispatcher',
  'care',
  'callback',
  'engineer',
  'reliability',
  'quality',
  'fleet',
  'owner',
  'desk',
  'viewer',
] as const
export type Role = (typeof roles)[number]
/** Names are shown and typed: letters, digits, and what stands between them. */
export const accountName = /^[A-Za-z0-9_.-]{3,30}$/
/** Between us and the library: who signs in comes from here. Set by us alone, never taken from a request. */
export const ADDRESS_HEADER = 'x-hearthwatch-address'
