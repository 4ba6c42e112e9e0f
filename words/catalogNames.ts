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

/** Papers of engineers that the policy asks for as shipped; others are called as the policy has them. */
const papers: Record<string, Text> = {
  A: { en: 'A', zh: 'A 级证书' },
  senior: { en: 'senior', zh: '高级证书' },
  intermediate: { en: 'intermediate', zh: '中级证书' },
  junior: { en: 'junior', zh: '初级证书' },
  interview: { en: 'interview', zh: '面谈' },
  ...Object.fromEntries(
    ['A+', 'A', 'B', 'C'].map((grade) => [`exam-${grade}`, { en: `exam-${grade}`, zh: `${grade} 级考试` }]),
  ),
}

/** Names of failure modes, parts, skills and papers. An id that several kinds have is called as the first of them calls it. */
export function catalogNames(catalog: Catalog): NameOf {
  const names = new Map<string, Text>([
    ['none', { en: 'no fault', zh: '无故障' }],
    ...Object.entries(skills),
    ...Object.entries(papers),
  ])
  const add = (id: string, { text }: { text: Text }): void => void (names.has(id) || names.set(id, text))
  for (const mode of ['unknown', 'silent', 'sensor-stuck']) add(mode, catalog.failureMode('', mode))
  for (const { failureModes, parts } of catalog.kinds.values()) {
    for (const [id, mode] of Object.entries(failureModes)) add(id, mode)
    for (const [id, part] of Object.entries(parts)) add(id, part)
  }
  return (id) => names.get(id)
}
