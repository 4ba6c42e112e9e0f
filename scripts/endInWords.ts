import { Problem } from '../core/index.ts'

/** Runs a command: what a person can mend is said in a sentence, with exit code 1; anything else is a fault of ours. */
export async function endInWords(command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    const isOurs = !(error instanceof Problem) && !(error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')
    if (isOurs) throw error
    console.error(error instanceof Problem ? `${error.message} ${error.remedy}` : (error as Error).message)
    process.exitCode = 1
  }
}
