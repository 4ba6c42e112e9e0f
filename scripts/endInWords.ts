import { Problem } from '../core/index.ts'

/** Runs a command: what a person can mend is said in a sentence, with exit code 1; anything else is a fault of ours. */
export async function endInWords(command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    const said = inWords(error)
    if (said === undefined) throw error
    console.error(said)
    process.exitCode = 1
  }
}

function inWords(error: unknown): string | undefined {
  if (error instanceof Problem) return `${error.message} ${error.remedy}`
  const { code, syscall, path, message } = error as NodeJS.ErrnoException
  if (code?.startsWith('ERR_PARSE_ARGS')) return message
  // A file that is a folder, a folder without rights, a disk that is full: the system's own words, without our stack.
  if (syscall !== undefined && path !== undefined)
    return `${path} cannot be used (${message.replace(/, .*$/s, '')}). See that it is there, of the right sort, and one's own to read and write.`
  if (code === 'ERR_SQLITE_ERROR')
    return `A database of DATA_DIR cannot be read: ${message}. \`npm run doctor\` says which; put a backup in its place.`
  return undefined
}
