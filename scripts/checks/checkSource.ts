import { importsOf, isMigration, isTest, lineOf, readSource, roomOf } from '../ownSource.ts'

const middle = ['broker', 'mapping', 'ingest', 'analytics', 'alerts', 'service', 'simulator']
/** Which rooms each room may import. Rooms not named (main.ts, workers, scripts, lab, test) may import any, by its door; the last two look inside. */
const mayImport: Record<string, string[]> = {
  core: [],
  catalog: ['core'],
  words: ['core', 'catalog'],
  database: ['core'],
  ...Object.fromEntries(middle.map((room) => [room, ['core', 'catalog', 'database']])),
  dashboards: ['core', 'catalog', 'words', 'database', ...middle],
}
/** Past the door all the same: what a thread that must be there at once imports without the rest of the room. */
const sideDoors = new Set(['core/running/portCall.ts'])
const isPastTheDoor = (target: string): boolean =>
  Object.hasOwn(mayImport, roomOf(target)) && target !== `${roomOf(target)}/index.ts` && !sideDoors.has(target)
/** The simulator's truth never reads what the product believes. */
const beliefs = /\.failureModes\b|\.failureMode\(|\bkind\w*\.(?:parts|detection)\b|\.detection\b/
/**
 * Names from outside are data: whatever is keyed by them is a Map or has no prototype (core/names.ts). So no question
 * whether a name is `in` an object (only literals, which tell unions apart), no records that inherit, no `{}` as a map.
 */
const nameLookups = [
  {
    wrong: /(?<=[(!]|&& |\|\| |=> |[^=]= |\? )[a-zA-Z_$][\w$.]* in (?=[a-zA-Z_$])/g,
    use: 'Object.hasOwn',
  },
  { wrong: /\bz\.record\(/g, use: 'recordOf' },
  { wrong: /: (?:Partial<)?Record<string, [^=;\n]*> = \{\}/g, use: 'a Map or byName()' },
  { wrong: /\{\} as Record<string/g, use: 'a Map or byName()' },
]
/** Rooms that keep what they know in tables: JSON from a column is read by its schema (database/jsonColumn.ts). */
const keepers = new Set(['alerts', 'broker', 'service'])
const unchecked = /JSON\.parse\((?:[^()]|\([^()]*\))*\)\)? as\b(?! unknown)/g

/** A text is one value with every language in it; fields of one language are made by core/ids.ts alone. */
const ofOneLanguage = /(?<![\w$])[a-z]\w*Zh\b/g
/** Words of one language, and rows from before reasons were codes. */
const languagesApart = /^(?:dashboards\/web\/src\/)?words\/|^service\/tickets\/store\/withReasons\.ts$/

/** Rooms whose names are all their own: they make up what is measured, or measure the product from outside. */
const ownNames = new Set(['simulator', 'scripts', 'lab', 'test'])

/** Reads our own source for what we agreed not to write. @returns one line for each finding: file:line what */
export function checkSource(root: string): { files: number; problems: string[] } {
  const problems: string[] = []
  const files = readSource(root)
  for (const [file, text] of files) {
    const room = roomOf(file)
    const isOfTest = isTest(file)
    const at = (index: number): string => `${file}:${lineOf(text, index)}`

    for (const { target, index } of importsOf(root, file, text)) {
      const targetRoom = roomOf(target)
      const allowed = mayImport[room]
      if (targetRoom === room) continue
      if (allowed && !allowed.includes(targetRoom)) {
        if (!(isOfTest && (['test', 'lab'].includes(targetRoom) || target === `${targetRoom}/index.ts`))) {
          problems.push(`${at(index)} ${room} may not import ${targetRoom || target}`)
        }
      } else if (isPastTheDoor(target) && (allowed || !(isOfTest || room === 'lab'))) {
        problems.push(`${at(index)} imports past the door: use ${targetRoom}/index.ts`)
      }
    }
    if (!isOfTest && room in mayImport && room !== 'core') {
      for (const match of text.matchAll(/Date\.now\(\)|Math\.random\(\)|new Date\(\)/g)) {
        if (!file.startsWith('dashboards/web/'))
          problems.push(`${at(match.index)} ${match[0]}: take the Clock or Random that is passed in`)
      }
    }
    if (!isOfTest && !ownNames.has(room) && file !== 'core/names.ts') {
      // What is in comments and texts is language.
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/gm, (found) =>
        found.replace(/[^\n]/g, found.startsWith('/') ? ' ' : "'"),
      )
      for (const { wrong, use } of nameLookups) {
        for (const match of code.matchAll(wrong)) {
          problems.push(
            `${at(match.index)} ${text.slice(match.index, match.index + match[0].length).trim()}: names from outside are data, use ${use}`,
          )
        }
      }
      for (const match of languagesApart.test(file) ? [] : code.matchAll(ofOneLanguage)) {
        if (!isMigration(text, match.index)) problems.push(`${at(match.index)} ${match[0]}: use inLanguages`)
      }
    }
    if (keepers.has(room) && !isOfTest) {
      for (const match of text.matchAll(unchecked)) {
        // What a migration reads is of a version that has no schema any more.
        if (!isMigration(text, match.index))
          problems.push(`${at(match.index)} a column’s JSON is read by its schema: use jsonColumn`)
      }
    }
    if (room === 'simulator' && !isOfTest) {
      const match = beliefs.exec(text.replace(/^\s*(\*|\/\/).*$/gm, ''))
      if (match) problems.push(`${file} reads the catalog's beliefs (${match[0]}): the truth has tables of its own`)
    }
    for (const match of text.matchAll(/\b(?:it|test|describe)\.(?:only|todo)\b|@ts-ignore|\bas any\b/g)) {
      if (!file.startsWith('scripts/checks/checkSource')) problems.push(`${at(match.index)} ${match[0]}`)
    }
  }
  return { files: files.size, problems }
}
