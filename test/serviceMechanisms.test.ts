// The mechanisms of service by number, with the tests that show each: printed as docs/service-mechanisms.md.
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { isTest, readSource } from '../scripts/ownSource.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DOCUMENT = join(ROOT, 'docs/service-mechanisms.md')
interface Mechanism {
  id: string
  what: string
  for: string
  where: string
}

/** A test is named by the numbers that it shows: `test('S26 S30: …'`. */
const named = /['`]((?:S\d\d[:,]? )+)/g
const ids = (text: string): string[] => [...text.matchAll(/S\d\d/g)].map(([id]) => id)

/** Number → the files whose tests are named by it. */
function shownBy(): Map<string, string[]> {
  const shown = new Map<string, string[]>()
  for (const [file, text] of readSource(ROOT)) {
    if (!isTest(file) || file.endsWith('serviceMechanisms.test.ts')) continue
    for (const id of new Set([...text.matchAll(named)].flatMap(([, numbers = '']) => ids(numbers))))
      shown.set(id, [...(shown.get(id) ?? []), file].sort())
  }
  return shown
}

/** The picture of a page (`npm run screenshots -- --docs`, or of a role's first page by `npm run pages`), by how it is called here. */
const pictures: Record<string, string> = {
  'ticket’s page': 'mechanisms/owner.jpg',
  'sticker’s page': 'mechanisms/my-appliance.jpg',
  'owner’s pages': 'mechanisms/home.jpg',
  'My data': 'mechanisms/my-data.jpg',
  'Service file': 'mechanisms/file.jpg',
  Alerts: 'mechanisms/alerts.jpg',
  Appliance: 'mechanisms/appliance.jpg',
  Care: 'mechanisms/care.jpg',
  Dispatch: 'mechanisms/dispatch.jpg',
  Inbox: 'mechanisms/inbox.jpg',
  Knowledge: 'mechanisms/knowledge.jpg',
  Members: 'mechanisms/members.jpg',
  Outlets: 'mechanisms/network.jpg',
  Parts: 'mechanisms/parts.jpg',
  People: 'mechanisms/people.jpg',
  Quality: 'mechanisms/quality.jpg',
  Policy: 'mechanisms/policy.jpg',
  Tickets: 'mechanisms/tickets.jpg',
  Ticket: 'mechanisms/ticket.jpg',
  Today: 'pages/engineer.jpg',
  Trends: 'mechanisms/trends.jpg',
}
const pageName = new RegExp(`(?:${Object.keys(pictures).join('|')})(?![\\w’])`, 'g')
const shownAt = (where: string): string =>
  where.startsWith('docs/')
    ? `[${where}](${where.slice(5)})`
    : where.replace(pageName, (name) => `[${name}](${pictures[name]})`)

test('each of the seventy mechanisms is shown by a test, and the page says by which (UPDATE_DOCS=1 writes it)', async () => {
  const mechanisms: Mechanism[] = JSON.parse(await readFile(join(ROOT, 'test/serviceMechanisms.json'), 'utf8'))
  expect(mechanisms.map(({ id }) => id)).toEqual(
    Array.from({ length: 70 }, (_, i) => `S${String(i + 1).padStart(2, '0')}`),
  )
  const shown = shownBy()
  expect(mechanisms.filter(({ id }) => !shown.has(id))).toEqual([])
  const tests = (id: string): string =>
    shown
      .get(id)
      ?.map((file) => `\`${file}\``)
      .join(', ') ?? ''
  const page = `# The seventy mechanisms of service

Printed by \`test/serviceMechanisms.test.ts\` from the names of the tests that there are; with \`UPDATE_DOCS=1\` it writes this page.
What a mechanism is, for whom, where it is on the pages, and which tests show it from outside.

| | what | for whom | where | shown by |
|---|---|---|---|---|
${mechanisms.map(({ id, what, for: whom, where }) => `| ${id} | ${what} | ${whom} | ${shownAt(where)} | ${tests(id)} |`).join('\n')}
`
  if (process.env.UPDATE_DOCS) await writeFile(DOCUMENT, page)
  const written = await readFile(DOCUMENT, 'utf8')
  const rows = new Map([...written.matchAll(/^\| (S\d\d) \|.*\| (.*) \|$/gm)].map(([, id = '', by = '']) => [id, by]))
  expect(rows.size).toBe(70)
  // What is to be seen is shown.
  for (const picture of new Set(Object.values(pictures)))
    expect(existsSync(join(ROOT, 'docs', picture)), picture).toBe(true)
  // Whatever the page says is so. What was tested since it was printed may be missing from it, and is told here.
  const wrong = [...rows].flatMap(([id, by]) =>
    [...by.matchAll(/`([^`]+)`/g)].flatMap(([, file = '']) =>
      shown.get(id)?.includes(file) ? [] : [`${id}: ${file}`],
    ),
  )
  expect(wrong).toEqual([])
  const missing = [...shown].filter(([id]) => rows.get(id) !== tests(id)).map(([id]) => id)
  if (missing.length > 0) console.log(`print docs/service-mechanisms.md anew: ${missing.join(', ')}`)
})
