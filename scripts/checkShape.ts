import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

/** What a reader takes in at once. Words, data and the exceptions below aside. */
const FOLDER_FILES = 25
const FILE_LINES = 350
const FUNCTION_LINES = 80

/** Longer than the rest, each for a reason. At most ten. */
const exceptions: readonly string[] = []
const isWords = (file: string): boolean => file.startsWith('dashboards/web/src/words/')
const isTest = (file: string): boolean => /\.(test|contract|fixture)\.tsx?$/.test(file) || file.startsWith('test/')
const skipped = new Set(['node_modules', '.git', '.cache', 'dist', 'data', 'screenshots'])

/**
 * How our own source is cut: no folder, file or function too long to be read, no circle of imports, and every table asked
 * for by the room alone that declares it. @returns one line for each finding
 */
export function checkShape(root: string): string[] {
  const files = new Map([...sources(root)].map((path) => [inRoot(root, path), readFileSync(path, 'utf8')]))
  return [...lengths(files), ...circles(root, files), ...foreignTables(files)]
}

function lengths(files: Map<string, string>): string[] {
  const problems: string[] = []
  const inFolder = new Map<string, number>()
  for (const [file, text] of files) {
    if (isTest(file) || isWords(file)) continue
    inFolder.set(dirname(file), (inFolder.get(dirname(file)) ?? 0) + 1)
    if (exceptions.includes(file)) continue
    const lines = text.split('\n')
    if (lines.length - 1 > FILE_LINES) problems.push(`${file} has ${lines.length - 1} lines: ${FILE_LINES} at most`)
    for (const { name, at, length } of functions(lines)) {
      if (length > FUNCTION_LINES) problems.push(`${file}:${at} ${name} has ${length} lines: ${FUNCTION_LINES} at most`)
    }
  }
  for (const [folder, count] of inFolder) {
    if (count > FOLDER_FILES) problems.push(`${folder}/ has ${count} files: ${FOLDER_FILES} at most`)
  }
  return problems
}

const opens =
  /^(\s*)(?:export )?(?:default )?(?:async )?(?:function\*? (\w+)|(?:const|let) (\w+)(?:: [^=]+)? = (?:async )?(?:\([^)]*$|\(.*\)(?:: .+)? => \{$|\w+ => \{$|<.*)|(?:static )?(?:async )?\*?(#?\w+)\(.*\{$)/

/** Our formatter ends a function with the brace under its first letter. */
function* functions(lines: string[]): Generator<{ name: string; at: number; length: number }> {
  for (const [i, line] of lines.entries()) {
    const match = opens.exec(line)
    const name = match?.[2] ?? match?.[3] ?? match?.[4]
    if (!match || !name || ['if', 'for', 'while', 'switch', 'catch'].includes(name)) continue
    const end = lines.findIndex((other, j) => j > i && other.startsWith(`${match[1]}}`))
    if (end > 0) yield { name, at: i + 1, length: end - i + 1 }
  }
}

function circles(root: string, files: Map<string, string>): string[] {
  const imports = new Map<string, string[]>()
  for (const [file, text] of files) {
    const found = [...text.matchAll(/(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)]
    const targets = found.map(([, path]) => inRoot(root, resolve(root, dirname(file), path as string)))
    imports.set(
      file,
      targets.filter((target) => files.has(target)),
    )
  }
  const problems: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const walk = (file: string, way: string[]): void => {
    state.set(file, 'open')
    for (const next of imports.get(file) ?? []) {
      if (state.get(next) === 'open') problems.push(`${[...way.slice(way.indexOf(next)), next].join(' → ')}: a circle`)
      else if (!state.has(next)) walk(next, [...way, next])
    }
    state.set(file, 'done')
  }
  for (const file of files.keys()) if (!state.has(file)) walk(file, [file])
  return problems
}

const roomOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '')

/** A room declares its tables (in core's `Tables`) and alone asks the database about them; others ask through its door. */
function foreignTables(files: Map<string, string>): string[] {
  const owner = new Map<string, string>()
  for (const [file, text] of files) {
    const [, body = ''] = /interface Tables \{\n([\s\S]*?)\n(?: {2})?\}\n/.exec(text) ?? []
    for (const [, table] of body.matchAll(/^ {2,4}(\w+): \{/gm)) owner.set(table as string, roomOf(file))
  }
  const problems: string[] = []
  for (const [file, text] of files) {
    if (isTest(file)) continue
    for (const match of text.matchAll(/(?:selectFrom|insertInto|updateTable|deleteFrom|[jJ]oin)\(\s*'(\w+)/g)) {
      const of = owner.get(match[1] as string)
      // What core declares stands between rooms; the laboratory reads what it measures.
      if (of === undefined || of === 'core' || of === roomOf(file) || roomOf(file) === 'lab') continue
      const line = text.slice(0, match.index).split('\n').length
      problems.push(`${file}:${line} asks for '${match[1]}', which is ${of}'s table: use its door`)
    }
  }
  return problems
}

const inRoot = (root: string, path: string): string => relative(root, path).split(sep).join('/')

function* sources(dir: string): Generator<string> {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (skipped.has(entry.name)) continue
    const path = join(dir, entry.name)
    if (entry.isDirectory()) yield* sources(path)
    else if (/\.tsx?$/.test(entry.name)) yield path
  }
}
