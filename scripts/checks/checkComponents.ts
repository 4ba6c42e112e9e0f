import ts from 'typescript-5'
import { isTest, readSource } from '../ownSource.ts'

/** What a reader takes in at once; the linter says so of every other function, and does not see those that draw. */
const FUNCTION_LINES = 80

/** Components that stand and are longer, with how long each may be: cut them when you change them, and nobody adds to it. */
const standing = new Map<string, number>()

/** Functions of the pages by file and name, with how many lines each has. */
export function longOnes(files: ReadonlyMap<string, string>): Map<string, number> {
  const found = new Map<string, number>()
  for (const [file, text] of files) {
    if (!file.endsWith('.tsx') || isTest(file)) continue
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
    const lineAt = (position: number): number => source.getLineAndCharacterOfPosition(position).line
    const walk = (node: ts.Node): void => {
      if (ts.isFunctionLike(node) && 'body' in node && node.body) {
        const lines = lineAt(node.end) - lineAt(node.getStart(source)) + 1
        const name = nameOf(node, source)
        // One without a name stands within one that has one.
        if (name && lines > FUNCTION_LINES) found.set(`${file} ${name}`, lines)
      }
      ts.forEachChild(node, walk)
    }
    walk(source)
  }
  return found
}

const nameOf = (node: ts.SignatureDeclaration, source: ts.SourceFile): string | undefined =>
  (node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined))?.getText(source)

/** @returns one line for each finding */
export const checkComponents = (root: string): string[] => judgeComponents(longOnes(readSource(root)), standing)

/** Pure. */
export function judgeComponents(found: ReadonlyMap<string, number>, known: ReadonlyMap<string, number>): string[] {
  const problems: string[] = []
  for (const [one, lines] of found) {
    const most = known.get(one) ?? FUNCTION_LINES
    if (lines > most) problems.push(`${one}: ${lines} lines, ${most} at most`)
  }
  for (const [one, most] of known) {
    const lines = found.get(one) ?? 0
    if (lines < most)
      problems.push(
        `${one}: ${lines || 'no more too many'} lines and not ${most}: say so in scripts/checks/checkComponents.ts`,
      )
  }
  return problems
}
