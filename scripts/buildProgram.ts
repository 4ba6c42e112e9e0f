// `node scripts/buildProgram.ts FOLDER`: the program with all that it imports in a few files. Reading a thousand small ones
// takes a start, and each of its threads, more than half of its time.
import { writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Plugin, rolldown } from 'rolldown'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = resolve(process.argv[2] ?? join(root, '.cache', 'program', 'by-hand'))
/** They bring files of their own, or are asked for only when a setting wants them. */
const LEFT_OUT = [/^onnxruntime-node/, /^@duckdb\//, /^pg$/, /^pg-native$/]

/** What a module finds beside itself is still there: its own place is written into it. Threads are files of the bundle. */
const places: Plugin = {
  name: 'places',
  transform(code, id) {
    if (!/import\.meta\.|\b__(?:dir|file)name\b/.test(code)) return null
    const thread = /new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g
    return code
      .replaceAll(thread, (_, path: string) => {
        const file = resolve(dirname(id), path)
        const chunk = this.emitFile({ type: 'chunk', id: file, fileName: `${basename(file, '.ts')}.js` })
        return `new URL(import.meta.ROLLUP_FILE_URL_${chunk})`
      })
      .replaceAll(/import\.meta\.url\b/g, JSON.stringify(pathToFileURL(id).href))
      .replaceAll(/import\.meta\.dirname\b|\b__dirname\b/g, JSON.stringify(dirname(id)))
      .replaceAll(/import\.meta\.filename\b|\b__filename\b/g, JSON.stringify(id))
  },
}

/**
 * Every thread keeps the text of what it loads, and one character beyond Latin-1 makes two bytes of each in its file: such
 * characters become escapes. Where that would be another text (behind a backslash, in a raw template) nothing is built.
 */
function inAscii(code: string): string {
  if (/(?<!\\)(?:\\\\)*\\\P{ASCII}|\bString\.raw\b/u.test(code)) throw new Error('An escape would change a text.')
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return code.replaceAll(/\P{ASCII}/gu, (character) => character.split('').map(escaped).join(''))
}

console.log('Putting the program together (once) …')
const bundle = await rolldown({
  input: join(root, 'main.ts'),
  platform: 'node',
  external: LEFT_OUT,
  plugins: [places],
  logLevel: 'silent',
})
const { output } = await bundle.write({ dir: folder, format: 'esm', comments: false })
for (const chunk of output) if (chunk.type === 'chunk') writeFileSync(join(folder, chunk.fileName), inAscii(chunk.code))
const own = (await bundle.watchFiles)
  .filter((file) => file.startsWith(root) && !file.includes('node_modules'))
  .map((file) => relative(root, file))
await bundle.close()
writeFileSync(join(folder, 'sources.json'), JSON.stringify([...own, 'scripts/buildProgram.ts']))
