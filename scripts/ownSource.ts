// Our own source, as the checks read it.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

const skipped = new Set(['node_modules', '.git', '.cache', 'dist', 'data', 'screenshots'])

/** @returns every source file, by its path from `root`, with its text */
export const readSource = (root: string): Map<string, string> =>
  new Map([...paths(root)].map((path) => [inRoot(root, path), readFileSync(path, 'utf8')]))

function* paths(dir: string): Generator<string> {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (skipped.has(entry.name)) continue
    const path = join(dir, entry.name)
    if (entry.isDirectory()) yield* paths(path)
    else if (/\.tsx?$/.test(entry.name)) yield path
  }
}
const inRoot = (root: string, path: string): string => relative(root, path).split(sep).join('/')

export const isTest = (file: string): boolean =>
  /\.(test|contract|fixture)\.tsx?$/.test(file) || file.startsWith('test/')
/** The folder at the top that a file is in; empty for one that is in none. */
export const roomOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '')
export const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length

/** What a file imports from us, by its path from `root`, and where it says so. */
export const importsOf = (root: string, file: string, text: string): { target: string; index: number }[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)].map((match) => ({
    target: inRoot(root, resolve(root, dirname(file), match[1] as string)),
    index: match.index,
  }))

/** Does this place stand in a list of migrations? */
export function isMigration(text: string, index: number): boolean {
  const begins = text.lastIndexOf('DatabaseMigration[] = [', index)
  return begins >= 0 && text.indexOf('\n]', begins) > index
}
