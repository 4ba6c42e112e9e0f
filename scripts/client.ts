// `npm run client -- FILE [--url URL]`: the types of every call, from /openapi.json of the running service, for clients in
// TypeScript (docs/client.md). Takes PORT, DATA_DIR and ADMIN_TOKEN from the same environment as the server.
import { writeFile } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { Problem, readSettings } from '../core/index.ts'
import { adminTokenOf, plainUrlOf } from '../workers/runningService.ts'
import { addressOption, oneWord, optionsOf } from './commandOptions.ts'
import { endInWords } from './endInWords.ts'

const ANSWER_MS = 10_000

// What writes the types stands on the compiler of TypeScript 5, which is here under a name of its own.
registerHooks({
  resolve: (specifier, context, next) => next(specifier === 'typescript' ? 'typescript-5' : specifier, context),
})

await endInWords(async () => {
  const { values, words } = optionsOf('npm run client', { url: addressOption }, 'anything')
  const file = oneWord(words, {
    code: 'no-file',
    message: 'It is not said where the types go.',
    remedy: 'npm run client -- hearthwatch.ts, a file of your program.',
  })
  const settings = readSettings(process.env)
  const document = await documentOf(values.url ?? plainUrlOf(settings), await adminTokenOf(settings))
  const { default: typesOf, astToString } = await import('openapi-typescript')
  await writeFile(file, `// Written by \`npm run client\`.\n${astToString(await typesOf(document))}`)
  console.log(file)
})

/** @throws Problem `service-away`, `token-refused` */
async function documentOf(url: string, token: string | undefined): Promise<string> {
  const response = await fetch(new URL('/openapi.json', url), {
    headers: { authorization: `Bearer ${token ?? ''}` },
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch((cause: unknown) => {
    throw new Problem({
      code: 'service-away',
      message: `Nothing answers at ${url}.`,
      remedy: 'Start the service, or say with --url where it is.',
      cause,
    })
  })
  if (response.ok) return response.text()
  throw new Problem({
    code: 'token-refused',
    message: `${url} answers ${response.status} to the token.`,
    remedy: 'Set DATA_DIR to that of the service, or ADMIN_TOKEN.',
  })
}
