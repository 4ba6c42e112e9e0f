// `npm run restore -- FOLDER [--keys FOLDER]`: a backup into DATA_DIR, which must not exist yet or be empty. Every file is
// checked before anything is written. Messages that waited to be sent when the backup was taken are sent (again) afterwards.
import { resolve } from 'node:path'
import { readSettings } from '../core/index.ts'
import { restoreBackup } from '../workers/backup/restore.ts'
import { oneWord, optionsOf, textOption } from './commandOptions.ts'
import { endInWords } from './endInWords.ts'

await endInWords(async () => {
  const { values, words } = optionsOf('npm run restore', { keys: textOption(undefined) }, 'anything')
  const folder = oneWord(words, {
    code: 'no-folder',
    message: 'It is not said which backup is meant.',
    remedy: 'npm run restore -- FOLDER, with DATA_DIR set to where it goes.',
  })
  const from = resolve(folder)
  const dataDir = resolve(readSettings(process.env).DATA_DIR)
  const { at, world, files } = await restoreBackup(from, resolve(values.keys ?? `${from}-keys`), dataDir)
  console.log(
    `${files.length} files as of ${at} in ${dataDir} (${world === 'live' ? 'the real' : 'the simulated'} world)`,
  )
})
