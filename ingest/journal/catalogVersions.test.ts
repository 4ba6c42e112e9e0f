import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { keepCatalogVersion, openCatalogVersions, readCatalogFrame } from './catalogVersions.ts'

test('a version that is gone or cannot be read is the fault of its file, which is named, and of no frame', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hearthwatch-catalogs-'))
  const catalog = loadCatalog()
  const version = readCatalogFrame(await keepCatalogVersion(dir, catalog))
  const other = { ...catalog, kinds: new Map([...catalog.kinds].slice(1)) }
  expect([...openCatalogVersions(dir, other).kindsOf(version).keys()]).toEqual([...catalog.kinds.keys()])
  const [file = ''] = await readdir(join(dir, 'catalogs'))
  await writeFile(join(dir, 'catalogs', file), '{')
  const missing = expect.objectContaining({ code: 'catalog-version-missing', concerns: join(dir, 'catalogs') })
  expect(() => openCatalogVersions(dir, other).kindsOf(version)).toThrow(missing)
  expect(() => openCatalogVersions(dir, other).kindsOf('0123')).toThrow(missing)
  await rm(dir, { recursive: true })
})
