import type { Catalog } from '../catalog/index.ts'
import type { Text } from '../core/index.ts'

/** What an id is called; undefined where nobody has a name for it. */
export type NameOf = (id: string) => Text | undefined

const skills: Record<string, Text> = {
  'sealed-system': { en: 'sealed system', zh: '制冷系统' },
  cooling: { en: 'cooling', zh: '制冷' },
  electrical: { en: 'electrical', zh: '电气' },
  mechanical: { en: 'mechanical', zh: '机械' },
  plumbing: { en: 'plumbing', zh: '水路' },
  general: { en: 'general', zh: '通用' },
}

/** Names of failure modes, parts and skills. An id that several kinds have is called as the first of them calls it. */
export function catalogNames(catalog: Catalog): NameOf {
  const names = new Map<string, Text>([['none', { en: 'no fault', zh: '无故障' }], ...Object.entries(skills)])
  const add = (id: string, { text }: { text: Text }): void => void (names.has(id) || names.set(id, text))
  for (const mode of ['unknown', 'silent', 'sensor-stuck']) add(mode, catalog.failureMode('', mode))
  for (const { failureModes, parts } of catalog.kinds.values()) {
    for (const [id, mode] of Object.entries(failureModes)) add(id, mode)
    for (const [id, part] of Object.entries(parts)) add(id, part)
  }
  return (id) => names.get(id)
}
