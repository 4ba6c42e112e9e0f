// `npm run check`: types, format and lint, import directions and agreed habits, unused code,
// what others wrote that is given on. Says each and goes on.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { checkAnswers } from './checks/checkAnswers.ts'
import { checkComponents } from './checks/checkComponents.ts'
import { checkLeaps } from './checks/checkLeaps.ts'
import { checkParts, knownVulnerabilities } from './checks/checkParts.ts'
import { checkShape } from './checks/checkShape.ts'
import { checkSource } from './checks/checkSource.ts'

const run = (name: string, file: string, args: string[]): boolean => {
  console.log(`\n— ${name}`)
  return spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' }).status === 0
}

const results: [string, boolean][] = [
  ['types', run('types', 'node_modules/typescript/bin/tsc', ['-p', '.'])],
  ['lint', run('format and lint', 'node_modules/@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.'])],
]
if (existsSync('dashboards/web/tsconfig.json')) {
  results.push(['web types', run('types of the pages', 'node_modules/typescript/bin/tsc', ['-p', 'dashboards/web'])])
}
console.log('\n— import directions and habits')
const found = checkSource(process.cwd())
for (const line of found.problems) console.log(line)
console.log(`${found.files} files read, ${found.problems.length} problems`)
results.push(['source', found.problems.length === 0])
console.log('\n— rooms, circles, tables and names')
const shape = checkShape(process.cwd())
for (const line of shape) console.log(line)
results.push(['shape', shape.length === 0])
console.log('\n— answers of the API')
const answers = checkAnswers(process.cwd())
for (const line of answers) console.log(line)
results.push(['answers', answers.length === 0])
console.log('\n— components of the pages')
const long = checkComponents(process.cwd())
for (const line of long) console.log(line)
results.push(['components', long.length === 0])
console.log('\n— leaps of faith')
const leaps = checkLeaps(process.cwd())
for (const line of leaps.problems) console.log(line)
console.log(`${leaps.counted} non-null ! in the product, and ${leaps.hot} in hot files`)
results.push(['leaps', leaps.problems.length === 0])
console.log('\n— parts of others: licences, install scripts, known vulnerabilities')
const parts = checkParts(process.cwd())
for (const line of parts) console.log(line)
const vulnerable = knownVulnerabilities(process.cwd())
console.log(vulnerable.said)
results.push(['parts', parts.length === 0 && vulnerable.isGood])
results.push(['unused', run('unused code', 'node_modules/knip/bin/knip.js', [])])

const failed = results.filter(([, good]) => !good).map(([name]) => name)
console.log(failed.length ? `\ncheck: failed: ${failed.join(', ')}` : '\ncheck: clean')
process.exit(failed.length ? 1 : 0)
