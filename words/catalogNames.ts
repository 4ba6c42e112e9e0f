import type { Catalog } from '../catalog/index.ts'
import { everyText, type Text } from '../core/index.ts'
import { languageOf } from './languageOf.ts'
import { namedIds } from './words.ts'

/** What an id is called; undefined where nobody has a name for it. */
export type NameOf = (id: string) => Text | undefined

const GRADES = ['A+', 'A', 'B', 'C']

/** Names of failure modes, parts, skills and papers. An id that several kinds have is called as the first of them calls it. */
export function catalogNames(catalog: Catalog): NameOf {
  const names = new Map<string, Text>([
    ...namedIds.map((id) => [id, everyText((language) => languageOf[language].names[id])] as const),
    ...GRADES.map(
      (grade) => [`exam-${grade}`, everyText((language) => languageOf[language].names.exam(grade))] as const,
    ),
  ])
  const add = (id: string, { text }: { text: Text }): void => void (names.has(id) || names.set(id, text))
  for (const mode of ['unknown', 'silent', 'sensor-stuck']) add(mode, catalog.failureMode('', mode))
  for (const { failureModes, parts } of catalog.kinds.values()) {
    for (const [id, mode] of Object.entries(failureModes)) add(id, mode)
    for (const [id, part] of Object.entries(parts)) add(id, part)
  }
  return (id) => names.get(id)
}
