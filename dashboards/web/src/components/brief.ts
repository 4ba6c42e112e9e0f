import type { Text } from '../api.ts'

/** A value in a line, a text in the reader's language; long lists by how many they have. */
export const brief = (value: unknown, say: (text: Text) => string): string => {
  if (Array.isArray(value)) {
    return value.every((one) => typeof one !== 'object' || Array.isArray(one))
      ? value.map((one) => (Array.isArray(one) ? one.join('–') : String(one))).join(', ')
      : value.map((one) => (one as { id?: string }).id ?? JSON.stringify(one)).join(', ')
  }
  if (typeof value !== 'object' || value === null) return String(value)
  if ('en' in value && 'zh' in value && typeof value.en === 'string' && typeof value.zh === 'string')
    return say({ ...value, en: value.en, zh: value.zh })
  return Object.entries(value)
    .map(
      ([key, one]) =>
        `${key}: ${Array.isArray(one) ? one.length : typeof one === 'object' ? JSON.stringify(one) : String(one)}`,
    )
    .join(', ')
}
