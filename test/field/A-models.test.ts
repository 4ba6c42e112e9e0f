// Model files from outside: looked at before anything runs them. A bad one is refused with its name and what to do, and never
// ends the program, neither at once nor at the next start.
import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { floats, node, writeOnnx } from '../../analytics/onnx/onnxGraph.ts'
import { eventually, newDataDir, type Program, removeDataDir, runToEnd, startProgram } from '../program.ts'

const shipped = fileURLToPath(new URL('../../models', import.meta.url))
interface Sidecar {
  version: string
  features: string[]
  correlation: number[][]
  pca: { day: { file: string; sha256: string; features: string[]; components: number } }
  diagnosis: { file: string; sha256: string }
  [more: string]: unknown
}
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

let dataDir: string
let modelsDir: string
let program: Program
const start = () => startProgram(dataDir, { MODELS_DIR: modelsDir })
beforeAll(async () => {
  dataDir = await newDataDir()
  modelsDir = join(dataDir, 'handed-over')
  await mkdir(modelsDir)
  await putBack()
  program = await start()
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})
async function putBack(): Promise<void> {
  for (const name of await readdir(modelsDir)) await rm(join(modelsDir, name), { recursive: true })
  for (const entry of await readdir(shipped, { withFileTypes: true }))
    if (entry.isFile()) await cp(join(shipped, entry.name), join(modelsDir, entry.name))
}

/** The fridges' files, changed: a sidecar goes with what its models then are. */
async function fridgeFiles(change: (sidecar: Sidecar, files: Map<string, Uint8Array>) => unknown) {
  const files = new Map<string, Uint8Array>()
  for (const name of await readdir(shipped))
    if (name.startsWith('fridge')) files.set(name, await readFile(join(shipped, name)))
  const sidecar = JSON.parse(Buffer.from(files.get('fridge.json')!).toString()) as Sidecar
  sidecar.version = 'handed over'
  // As training leaves it: nobody has compared it yet.
  delete sidecar.heldOut
  change(sidecar, files)
  files.set('fridge.json', Buffer.from(JSON.stringify(sidecar)))
  return files
}
type Change = Parameters<typeof fridgeFiles>[0]
/** Another file for the PCA, with its own sum. */
const asPca =
  (bytes: Uint8Array): Change =>
  ({ pca }, files) => {
    files.set(pca.day.file, bytes)
    pca.day.sha256 = sha256(bytes)
  }
const deep = JSON.parse('['.repeat(40) + ']'.repeat(40)) as unknown
const width = 18
const pcaOf = (nodes: object[], constants: object[] = []): Uint8Array =>
  writeOnnx({
    name: 'mine',
    inputs: [
      ['x', width],
      ['mask', width],
    ],
    outputs: [
      ['t2', 1],
      ['q', 1],
      ['contributions', width],
    ],
    constants,
    nodes,
  })

const bad: [string, Change, RegExp][] = [
  ['no ONNX file', asPca(Buffer.from('no model at all')), /fridge-day-pca\.onnx.*no ONNX file|no graph/],
  ['an empty file', asPca(new Uint8Array()), /fridge-day-pca\.onnx.*no graph/],
  [
    'another sum',
    ({ pca }) => Object.assign(pca.day, { sha256: 'a'.repeat(64) }),
    /fridge-day-pca\.onnx is not the file/,
  ],
  ['a file elsewhere', ({ pca }) => Object.assign(pca.day, { file: '../../x.onnx' }), /fridge\.json.*pca\.day\.file/],
  ['a file that is missing', ({ pca }) => Object.assign(pca.day, { file: 'none.onnx' }), /none\.onnx is missing/],
  [
    'another model’s file',
    ({ pca, diagnosis: { file, sha256 } }) => Object.assign(pca.day, { file, sha256 }),
    /fridge-diagnosis\.onnx.*input x has 20 columns, and should have 18/,
  ],
  [
    'fewer features than its model',
    ({ pca }) => Object.assign(pca.day, { features: pca.day.features.slice(0, 12) }),
    /18 columns, and should have 12/,
  ],
  ['an operator of its own', asPca(pcaOf([node('Loop', ['x'], 't2')])), /operator 'Loop'/],
  [
    'a graph that does not fit together',
    asPca(pcaOf([node('MatMul', ['x', 'w'], 't2'), node('Abs', ['t2'], 'q'), node('Abs', ['mask'], 'contributions')])),
    /fridge-day-pca\.onnx cannot be opened/,
  ],
  [
    'another width than it declares',
    asPca(
      pcaOf(
        [node('MatMul', ['x', 'w'], 't2'), node('Abs', ['t2'], 'q'), node('Abs', ['mask'], 'contributions')],
        [floats('w', [width, 3], new Float32Array(3 * width))],
      ),
    ),
    /fridge-day-pca\.onnx cannot be opened/,
  ],
  [
    'infinite results',
    asPca(
      pcaOf(
        [node('Div', ['x', 'none'], 'contributions'), node('MatMul', ['x', 'w'], 't2'), node('Abs', ['t2'], 'q')],
        [floats('none', [1, 1], [0]), floats('w', [width, 1], new Float32Array(width))],
      ),
    ),
    /contributions is no number/,
  ],
  ['a large file', asPca(new Uint8Array(9 << 20)), /fridge-day-pca\.onnx: it has 9437184 bytes/],
  ['a name twice', ({ features }) => features.splice(1, 1, features[0]!), /fridge\.json.*features: names one twice/],
  ['half a matrix', ({ correlation }) => correlation.pop(), /fridge\.json.*correlation/],
  [
    'more components than features',
    ({ pca }) => Object.assign(pca.day, { components: 500 }),
    /more components than features/,
  ],
  ['a text for a number', (sidecar) => Object.assign(sidecar, { days: 'many' }), /fridge\.json.*days/],
  ['depth', (sidecar) => Object.assign(sidecar, { heldOut: deep }), /fridge\.json.*deeper than 32/],
]

test('A a candidate that cannot be used is refused with its file and what is wrong, and the next good one is taken', {
  timeout: 240_000,
}, async () => {
  const inForce = async () => (await program.call<{ inForce: { set: string } }>('GET', '/api/models')).inForce.set
  const before = await inForce()
  const offer = async (change: Change): Promise<string> => {
    const files = await fridgeFiles(change)
    const body = { files: Object.fromEntries([...files].map(([name, b]) => [name, Buffer.from(b).toString('base64')])) }
    return program.call('POST', '/api/models/candidate', body).then(
      () => 'taken',
      (error: Error) => error.message,
    )
  }
  for (const [what, change, why] of bad) {
    const said = await offer(change)
    expect(said, what).toMatch(/ 422 /)
    expect(said, what).toMatch(why)
    expect(said, what).toMatch(/npm run train/)
    expect(said, what).not.toContain(dataDir)
  }
  expect(await inForce()).toBe(before)
  expect(await offer(() => undefined)).toBe('taken')
  await program.call('DELETE', '/api/models/candidate')
})

test('A bad files in the folder are told, and the world goes on with the models it had, over a restart', {
  timeout: 120_000,
}, async () => {
  for (const [name, bytes] of await fridgeFiles(asPca(Buffer.from('no model at all'))))
    await writeFile(join(modelsDir, name), bytes)
  await eventually('it is told', async () => /fridge-day-pca\.onnx/.test(program.output()))
  await program.kill()
  program = await start()
  expect(program.output()).toMatch(/"code":"bad-model".*fridge-day-pca\.onnx/)
  const { inForce } = await program.call<{ inForce: { kinds: { kind: string }[] } }>('GET', '/api/models')
  expect(inForce.kinds.map(({ kind }) => kind)).toEqual(['ac', 'fridge', 'washer'])
  await putBack()
})

test('A a first start with bad files says which, in one line', async () => {
  const other = await newDataDir()
  const folder = join(other, 'models')
  await cp(shipped, folder, { recursive: true })
  await writeFile(join(folder, 'washer.json'), '{"kind":')
  const { code, output } = await runToEnd(other, { MODELS_DIR: folder })
  expect(code).toBe(1)
  expect(output).toMatch(/^The models of .* cannot be used: washer\.json: .* Make them anew with `npm run train`\.\n$/)
  await removeDataDir(other)
})
