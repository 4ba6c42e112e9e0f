import { dirname } from 'node:path'
import { importsOf, isTest, lineOf, readSource, roomOf } from '../ownSource.ts'
import { stateLists } from './checkStates.ts'

/** What a reader takes in at once. Words and data aside. */
const FOLDER_FILES = 25
const FILE_LINES = 350

/** Words of our own for which the field has better ones (docs/glossary.md): no export, type or file is called so. */
const formerNames =
  /^(?:Settler|settle|Sense|senseReading|senseStage|Learned|learnRow|Judged|judgeStage|Minds|Bench|Subject|Glimpse|glance|Contrast|contrast|reanchor|rescaled|Trail|followTrail|WatchPlan|watchPlan|Watcher|watcher|Patience|patience|FairShare|fairShare|Pump|pump|openPump|Doors|Keeper|Fare|fare|openFare|fareOf|ApiParts|\w+Desk|tick1plus5)$/
const isWords = (file: string): boolean => file.startsWith('dashboards/web/src/words/')

/**
 * How our own source is cut and named: no folder or file too long to be read, no circle of imports, no former name, and
 * every table asked for by the room alone that declares it, every question about states of tickets asked of their table. @returns one line for each finding
 */
export function checkShape(root: string): string[] {
  const files = readSource(root)
  return [
    ...lengths(files),
    ...names(files),
    ...circles(root, files),
    ...foreignTables(files),
    ...stateLists(files),
    ...ticketQueries(files),
  ]
}

function lengths(files: Map<string, string>): string[] {
  const problems: string[] = []
  const inFolder = new Map<string, number>()
  for (const [file, text] of files) {
    if (isTest(file) || isWords(file)) continue
    inFolder.set(dirname(file), (inFolder.get(dirname(file)) ?? 0) + 1)
    const lines = text.split('\n').length - 1
    if (lines > FILE_LINES) problems.push(`${file} has ${lines} lines: ${FILE_LINES} at most`)
  }
  for (const [folder, count] of inFolder) {
    if (count > FOLDER_FILES) problems.push(`${folder}/ has ${count} files: ${FOLDER_FILES} at most`)
  }
  return problems
}

function names(files: Map<string, string>): string[] {
  const problems: string[] = []
  for (const [file, text] of files) {
    const own = file.slice(file.lastIndexOf('/') + 1).replace(/(?:\.\w+)?\.tsx?$/, '')
    if (formerNames.test(own)) problems.push(`${file}: a former name, docs/glossary.md has the one we use`)
    if (file.startsWith('dashboards/web/')) continue
    for (const { name, index } of exportsOf(text)) {
      if (formerNames.test(name))
        problems.push(`${file}:${lineOf(text, index)} ${name}: a former name, docs/glossary.md has the one we use`)
    }
  }
  return problems
}

/** What a file exports, by the names that others know it by. */
function exportsOf(text: string): { name: string; index: number }[] {
  const declared =
    /^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(?:function\*?|const|let|var|class|interface|type|enum|namespace) (\w+)/gm
  const named = [...text.matchAll(declared)].map(({ 1: name = '', index }) => ({ name, index }))
  const listed = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(({ 1: list = '', index }) =>
    list.split(',').map((one) => ({ name: one.trim().split(/\s+/).at(-1) ?? '', index })),
  )
  return [...named, ...listed]
}

function circles(root: string, files: Map<string, string>): string[] {
  const imports = new Map<string, string[]>()
  for (const [file, text] of files) {
    const targets = importsOf(root, file, text).map(({ target }) => target)
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
    for (const { table, index } of tablesIn(text)) {
      const of = owner.get(table)
      // What core declares stands between rooms; the laboratory reads what it measures.
      if (of === undefined || of === 'core' || of === roomOf(file) || roomOf(file) === 'lab') continue
      problems.push(`${file}:${lineOf(text, index)} asks for '${table}', which is ${of}'s table: use its door`)
    }
  }
  return problems
}

/** Tables that a text asks the database about: one by one or as a list, by an alias, and in SQL of its own. */
function tablesIn(text: string): { table: string; index: number }[] {
  const found: { table: string; index: number }[] = []
  const asked =
    /(?:selectFrom|insertInto|updateTable|deleteFrom|[jJ]oin)\(\s*\[?((?:\s*['"`]\w+(?:\s+as\s+\w+)?['"`],?)+)/g
  for (const { 1: list = '', index } of text.matchAll(asked))
    for (const { 1: table = '' } of list.matchAll(/['"`](\w+)/g)) found.push({ table, index })
  for (const { 1: statement = '', index } of text.matchAll(/\bsql(?:<[^>`]*>)?`([^`]*)`/g))
    for (const { 1: table = '' } of statement.matchAll(/\b(?:from|join|into|update)\s+"?(\w+)/gi))
      found.push({ table, index })
  return found
}

const ofTickets = new Set(['ticket', 'ticketEvent', 'ticketChange', 'ticketSequence'])

/** One folder asks the database about tickets, migrations of them among the rest; everybody else asks that folder. */
function ticketQueries(files: Map<string, string>): string[] {
  const problems: string[] = []
  for (const [file, text] of files) {
    // The laboratory reads what it measures.
    if (isTest(file) || file.startsWith('service/tickets/store/') || roomOf(file) === 'lab') continue
    for (const { table, index } of tablesIn(text)) {
      if (!ofTickets.has(table)) continue
      problems.push(`${file}:${lineOf(text, index)} asks for '${table}': service/tickets/store/ has what is asked`)
    }
  }
  return problems
}
