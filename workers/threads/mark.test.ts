import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openMark, readMark } from './mark.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'hearthwatch-mark-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

test('a mark says where its thread is, and nothing once that is done or where there is none', () => {
  const path = join(dir, 'a.mark')
  expect(readMark(path)).toBeUndefined()
  const mark = openMark(path)
  expect(readMark(path)).toBeUndefined()
  mark.begin(100, 250, 3)
  expect(readMark(path)).toMatchObject({ from: 100, upTo: 250, frames: 3 })
  mark.begin(2 ** 52, 2 ** 52 + 1, 1)
  expect(readMark(path)).toMatchObject({ from: 2 ** 52, upTo: 2 ** 52 + 1, frames: 1 })
  mark.end()
  expect(readMark(path)).toBeUndefined()
})

test('a mark that is opened anew says nothing of before, and one that is cut short is none', () => {
  const path = join(dir, 'b.mark')
  openMark(path).begin(1, 2, 1)
  openMark(path)
  expect(readMark(path)).toBeUndefined()
  writeFileSync(path, new Uint8Array(23).fill(1))
  expect(readMark(path)).toBeUndefined()
})
