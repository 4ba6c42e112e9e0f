// docs/ARCHITECTURE.md names files and what is in them: all of it is there.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'

const page = readFileSync('docs/ARCHITECTURE.md', 'utf8')
/** In the order of the page: `a/file.ts`, and the names in code style that follow it before the next file. */
function* named(): Generator<{ file: string; name?: string }> {
  let file: string | undefined
  for (const line of page.split('\n')) {
    file = undefined
    for (const [, code = ''] of line.matchAll(/`([^`]+)`/g)) {
      if (/^[\w./-]+\.(?:tsx?|json|md)$/.test(code) && code.includes('/')) {
        file = code
        yield { file }
      } else if (file && /^[A-Za-z]\w*$/.test(code)) yield { file, name: code }
    }
  }
}

test('every file that the architecture page names is there, and has what it is said to have', () => {
  const all = [...named()]
  expect(all.length).toBeGreaterThan(80)
  const wrong = all.filter(({ file, name }) => {
    if (!existsSync(file)) return true
    return name !== undefined && !new RegExp(`\\b${name}\\b`).test(readFileSync(file, 'utf8'))
  })
  expect(wrong).toEqual([])
})

test('every folder that it names as a room is there', () => {
  const rooms = [...page.matchAll(/^\| `(\w+)\/`/gm)].map(([, room = '']) => room)
  expect(rooms.length).toBeGreaterThan(10)
  expect(rooms.filter((room) => !existsSync(room))).toEqual([])
})

test('from an owner’s yes to the engineer’s day it is eight files', () => {
  const [, walk = ''] = page.split(/^## An owner.*$/m)
  const steps = walk
    .split('\n')
    .filter((line) => /^\d+\. /.test(line) && !walk.slice(0, walk.indexOf(line)).includes('\n## '))
  const files = steps.flatMap((line) => [...line.matchAll(/`([\w./-]+\.tsx?)`/g)].map(([, file]) => file))
  expect(files.length).toBeGreaterThan(5)
  expect(new Set(files).size).toBeLessThanOrEqual(8)
  // None is left out: within the service each is called by one before it.
  const within = files.filter((file) => file?.startsWith('service/tickets/')) as string[]
  const unreached = within.filter((file, i) => {
    const before = within.slice(0, i).map((one) => readFileSync(one, 'utf8'))
    return i > 0 && !before.some((text) => text.includes(`/${basename(file)}'`))
  })
  expect(within.length).toBeGreaterThan(4)
  expect(unreached).toEqual([])
})

test('what the doors of rooms name is there', () => {
  const missing = readdirSync('.').flatMap((room) => {
    const door = join(room, 'index.ts')
    if (!existsSync(door)) return []
    const [head = ''] = readFileSync(door, 'utf8').split('*/')
    const files = [...head.matchAll(/[\w./-]+\.tsx?\b/g)].map(([file]) => file)
    const inRoom = readdirSync(room, { recursive: true }).map((path) => `/${path}`)
    const isThere = (file: string): boolean => existsSync(file) || inRoom.some((path) => path.endsWith(`/${file}`))
    return files.filter((file) => !isThere(file)).map((file) => `${door}: ${file}`)
  })
  expect(missing).toEqual([])
})
