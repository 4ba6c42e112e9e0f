// `npm run audit -- verify [--head SEQ:HASH] [--organisation ID]`: is every row of the audit as it was written, and none gone? Beside the running
// service or without it; it changes nothing. Ends with 1 when something is not as it was written.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Problem, readSettings, type Settings, sharedNameOf, type World, worldOf } from '../core/index.ts'
import { type ForReading, openPostgresForReading, openSqliteForReading } from '../database/index.ts'
import { checkAudit } from '../service/index.ts'
import { auditInWords } from '../workers/audit/auditInWords.ts'
import { auditKeyOf, headOf, readHead } from '../workers/audit/openAuditOf.ts'
import { organisationWorld } from '../workers/organisations/organisationDir.ts'
import { oneWord, optionsOf, textOption } from './commandOptions.ts'
import { endInWords } from './endInWords.ts'

await endInWords(async () => {
  const { values, words } = optionsOf(
    'npm run audit',
    { head: textOption(undefined), organisation: textOption(undefined) },
    ['verify'],
  )
  oneWord(words, {
    code: 'no-such-command',
    message: 'It is not said what to do with the audit.',
    remedy: 'npm run audit -- verify, or with --head SEQ:HASH the end that was noted elsewhere.',
  })
  const noted = values.head === undefined ? undefined : readHead(values.head)
  if (values.head !== undefined && !noted)
    throw new Problem({
      code: 'bad-head',
      message: `--head ${values.head} is no end of an audit.`,
      remedy: 'Give it as verify printed it: SEQ:HASH.',
    })
  const settings = readSettings(process.env)
  const first = worldOf(settings)
  const world =
    values.organisation === undefined ? first : organisationWorld(settings, first, checked(values.organisation))
  const { dir } = world
  const key = await auditKeyOf(dir)
  if (key === undefined)
    throw new Problem({
      code: 'no-audit',
      message: `There is no audit-key in ${dir}.`,
      remedy:
        'Set DATA_DIR (and SIMULATE=0 for the real world) to those of the service; the key is in the keys of a backup, too.',
    })
  // Where somebody was told the end themselves, that one counts.
  const head = noted ?? (await headOf(dir))
  const database = await open(settings, world)
  try {
    const found = await checkAudit(database.query, key, head)
    for (const line of auditInWords(found)) console.log(line)
    if (found.faults.length > 0) process.exitCode = 1
  } finally {
    await database.close()
  }
})

/** It becomes part of a path. @throws Problem `no-audit` */
function checked(organisation: string): string {
  if (/^[a-z0-9-]{1,64}$/.test(organisation)) return organisation
  throw new Problem({
    code: 'no-audit',
    message: `'${organisation}' is no id of an organisation.`,
    remedy: 'GET /api/organisations lists them; leave --organisation out for the first.',
  })
}

async function open(settings: Settings, world: World): Promise<ForReading> {
  const { dir } = world
  if (settings.POSTGRES_URL) return openPostgresForReading(settings.POSTGRES_URL, `hearthwatch_${sharedNameOf(world)}`)
  const path = join(dir, 'hearthwatch.db')
  if (existsSync(path)) return openSqliteForReading(path)
  throw new Problem({
    code: 'no-audit',
    message: `There is no database in ${dir}.`,
    remedy: 'Set DATA_DIR (and SIMULATE=0 for the real world) to those of the service.',
  })
}
