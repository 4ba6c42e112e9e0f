import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkParts } from './checkParts.ts'

test('a licence that binds us, none, and an install script that nobody spoke of are found; what only developers need is theirs', () => {
  const root = mkdtempSync(join(tmpdir(), 'hearthwatch-parts-'))
  writeFileSync(join(root, 'package.json'), JSON.stringify({ allowScripts: { spoken: false } }))
  const packages = {
    '': {},
    'node_modules/fine': { license: 'MIT' },
    'node_modules/choice': { license: '(GPL-3.0 OR MIT)' },
    'node_modules/both': { license: 'MIT AND GPL-3.0' },
    'node_modules/a/node_modules/nested': { license: 'AGPL-3.0' },
    'node_modules/none': {},
    'node_modules/tool': { license: 'GPL-3.0', dev: true },
    'node_modules/spoken': { license: 'MIT', hasInstallScript: true },
    'node_modules/unspoken': { license: 'ISC', hasInstallScript: true, dev: true },
  }
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }))
  expect(checkParts(root)).toEqual([
    'both: licence MIT AND GPL-3.0 is not one that we may give on',
    'nested: licence AGPL-3.0 is not one that we may give on',
    'none: licence none is not one that we may give on',
    'unspoken has an install script: say in allowScripts (package.json) whether it may run',
  ])
})
