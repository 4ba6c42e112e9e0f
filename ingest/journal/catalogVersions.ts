import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Catalog, indexKind, type Kind, type KindFile } from '../../catalog/index.ts'
import { Problem } from '../../core/index.ts'
import { writeWhole } from '../../database/index.ts'

/*
 * Which kinds there are, and what is plausible of them, decides what becomes of a reading. So a frame is judged by the
 * catalog that stood when it came, also when it is judged again after a crash: each version is a file of the world's
 * folder, and a `catalog` frame of the journal says from where on it holds. The file is synced before the frame.
 */

interface VersionFile {
  kinds: (KindFile & { builtIn: boolean })[]
}

/** Every version that a world has been judged by. */
export interface CatalogVersions {
  /** @throws Problem `catalog-version-missing` */
  kindsOf(version: string): Map<string, Kind>
  /** The loaded catalog, and of every kind that is not in it any more the last that was: what was accepted of it is kept. */
  readonly withFormer: Catalog
}

const dirOf = (worldDir: string): string => join(worldDir, 'catalogs')
const versionOf = (content: string): string => createHash('sha256').update(content).digest('hex').slice(0, 32)
const contentOf = (catalog: Catalog): string => {
  const kinds = [...catalog.kinds.values()].map(({ metricIndex: _, metricNames: __, stateNames: ___, ...kind }) => kind)
  return JSON.stringify({ kinds } satisfies VersionFile)
}
/** `0007-HASH.json`: in the order in which they came. */
const fileName = /^(\d{4,})-([0-9a-f]+)\.json$/

/** Keeps this catalog among the world's versions, durably. @returns the payload of the frame that says that it holds now */
export async function keepCatalogVersion(worldDir: string, catalog: Catalog): Promise<Uint8Array> {
  const dir = dirOf(worldDir)
  await mkdir(dir, { recursive: true })
  const content = contentOf(catalog)
  const version = versionOf(content)
  const known = versionFiles(dir)
  if (!known.some(({ hash }) => hash === version)) {
    const number = (known.at(-1)?.number ?? 0) + 1
    await writeWhole(join(dir, `${String(number).padStart(4, '0')}-${version}.json`), content)
  }
  return Buffer.from(JSON.stringify({ version }))
}

/** The versions of a world, from any thread. Reads a file when it is first asked for. */
export function openCatalogVersions(worldDir: string, catalog: Catalog): CatalogVersions {
  const dir = dirOf(worldDir)
  const current = versionOf(contentOf(catalog))
  const files = versionFiles(dir)
  const read = new Map<string, Map<string, Kind>>([[current, catalog.kinds]])
  const kindsOf = (version: string): Map<string, Kind> => {
    const known = read.get(version)
    if (known) return known
    const name = files.find(({ hash }) => hash === version)?.name
    if (!name) throw missing(dir, version)
    try {
      const { kinds } = JSON.parse(readFileSync(join(dir, name), 'utf8')) as VersionFile
      const indexed = new Map(kinds.map(({ builtIn, ...kind }) => [kind.kind, indexKind(kind, builtIn)]))
      read.set(version, indexed)
      return indexed
    } catch (cause) {
      // A fault of the file, and of no frame that was judged by it.
      throw missing(dir, version, cause)
    }
  }
  let withFormer: Catalog | undefined
  const union = (): Catalog => {
    const kinds = new Map(catalog.kinds)
    for (const { hash } of [...files].reverse()) {
      for (const [name, kind] of kindsOf(hash)) if (!kinds.has(name)) kinds.set(name, kind)
    }
    return { ...catalog, kinds, kind: (name) => kinds.get(name) ?? catalog.kind(name) }
  }
  return {
    kindsOf,
    get withFormer() {
      withFormer ??= union()
      return withFormer
    },
  }
}

/** In the order in which they came. */
function versionFiles(dir: string): { name: string; number: number; hash: string }[] {
  let names: string[]
  try {
    names = readdirSync(dir)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return names
    .flatMap((name) => {
      const match = fileName.exec(name)
      return match ? [{ name, number: Number(match[1]), hash: match[2] ?? '' }] : []
    })
    .sort((a, b) => a.number - b.number)
}

/** What a `catalog` frame says. */
export const readCatalogFrame = (payload: Uint8Array): string =>
  (JSON.parse(Buffer.from(payload).toString()) as { version: string }).version

const missing = (dir: string, version: string, cause?: unknown): Problem =>
  new Problem({
    code: 'catalog-version-missing',
    message: `The journal was judged by the catalog ${version}, which ${cause instanceof Error ? `cannot be read (${cause.message})` : 'is not'} in ${dir}.`,
    cause,
    remedy: 'Put the folder back as it was: readings that came before must be judged as they were then.',
    concerns: dir,
    status: 500,
  })
