// The one entry to everything: installs what is missing, then runs a command under the Node that comes with it.
// Plain JavaScript for any Node >= 20, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const [command, ...args] = process.argv.slice(2)
const windows = process.platform === 'win32'
const BUILDS_KEPT = 4

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Node ${process.versions.node} is too old: install Node 20 or newer and run this again.`)
  process.exit(1)
}

install()
const node = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node')

const commands = {
  start: ['main.ts', ...args],
  // What a start would make first, for an image.
  build: ['--eval', ''],
  test: ['scripts/test.ts', ...args],
  check: ['scripts/check.ts', ...args],
  format: ['node_modules/@biomejs/biome/bin/biome', 'check', '--write', '.', ...args],
  bench: ['lab/bench/main.ts', ...args],
  torture: ['lab/torture/main.ts', ...args],
  train: ['scripts/train.ts', ...args],
  models: ['scripts/models.ts', ...args],
  evaluate: ['lab/evaluation/evaluate.ts', ...args],
  simulate: ['scripts/simulate.ts', ...args],
  docs: ['scripts/docs.ts', ...args],
  client: ['scripts/client.ts', ...args],
  doctor: ['scripts/doctor.ts', ...args],
  audit: ['scripts/audit.ts', ...args],
  backup: ['scripts/backup.ts', ...args],
  restore: ['scripts/restore.ts', ...args],
  repair: ['scripts/repair.ts', ...args],
  replay: ['scripts/replay.ts', ...args],
  screenshots: ['scripts/screenshots.ts', ...args],
  pages: ['lab/pages/main.ts', ...args],
}
const step = commands[command]
if (!step) {
  console.error(`There is no command '${command}'. Use one of: ${Object.keys(commands).join(', ')}.`)
  process.exit(1)
}
if (['start', 'build', 'test', 'screenshots', 'pages'].includes(command)) buildPages()
// What people run is what tests, benches and torture start.
if (['start', 'build', 'test', 'bench', 'torture', 'screenshots', 'pages'].includes(command))
  process.env.PROGRAM = buildProgram()
runToTheEnd(command === 'start' ? [process.env.PROGRAM, ...args] : step)

/**
 * Installs when node_modules is not what package-lock.json says; shows npm's progress. Not `npm ci`: it refuses a lock
 * that was made where a registry lacked the optional binaries of another platform; this asks for those of this one.
 */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const stamp = join(root, 'node_modules', '.installed-lock')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  console.log('Installing what is missing (once, a minute or so) …')
  const result = spawnSync(
    windows ? 'npm.cmd' : 'npm',
    ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: 'inherit',
      shell: windows,
      env: { ...process.env, npm_config_progress: 'true', onnxruntime_node_install: 'skip' },
    },
  )
  if (result.status !== 0) {
    console.error(
      'npm could not install the dependencies; what it said stands above. Check the network and run this again.',
    )
    process.exit(result.status ?? 1)
  }
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, lock)
}

/** Builds the pages when their source has changed; scripts/buildWeb.ts then looks at what the files hold. */
function buildPages() {
  const web = join('dashboards', 'web')
  const seen = join(root, '.cache', 'web.seen')
  const filesOf = (folder) =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap(({ name }) => {
      const path = join(folder, name)
      if (path === join(web, 'dist')) return []
      return statSync(join(root, path)).isDirectory() ? filesOf(path) : [path]
    })
  const looks = looksOf(filesOf(web))
  if (existsSync(join(root, web, 'dist', 'index.html')) && existsSync(seen) && readFileSync(seen, 'utf8') === looks)
    return
  run(['scripts/buildWeb.ts'])
  mkdirSync(dirname(seen), { recursive: true })
  writeFileSync(seen, looks)
}

/**
 * The program put together from its source as it is now; `node main.ts` runs the source itself. One that runs keeps its
 * files until several newer ones were built: it loads parts of itself late.
 * @returns the file to start
 */
function buildProgram() {
  const builds = join(root, '.cache', 'program')
  const newest = join(builds, 'newest.json')
  const built = existsSync(newest) && JSON.parse(readFileSync(newest, 'utf8'))
  if (built && existsSync(built.file) && looksOf(built.sources) === built.looks) return built.file
  const folder = join(builds, String(Date.now()))
  run(['scripts/buildProgram.ts', folder])
  const sources = JSON.parse(readFileSync(join(folder, 'sources.json'), 'utf8'))
  const file = join(folder, 'main.js')
  writeFileSync(`${newest}.${process.pid}`, JSON.stringify({ file, sources, looks: looksOf(sources) }))
  renameSync(`${newest}.${process.pid}`, newest)
  const older = readdirSync(builds).filter((name) => /^\d+$/.test(name))
  for (const name of older.sort().slice(0, -BUILDS_KEPT)) rmSync(join(builds, name), { recursive: true, force: true })
  return file
}

/** How files look (size and time) tells whether they changed without reading them, and without starting anything. */
function looksOf(paths) {
  const hash = createHash('sha256')
  for (const path of ['package-lock.json', ...paths].map((one) => join(root, one))) {
    const { size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {}
    hash.update(`${path} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

/**
 * What Node compiled once it finds again: a start takes a third less of the processor. And large pieces of memory go back to
 * the system when they are freed: glibc keeps them in many arenas otherwise, and holds a fifth more under load.
 */
function environment() {
  return {
    NODE_COMPILE_CACHE: join(root, '.cache', 'compiled'),
    MALLOC_ARENA_MAX: '2',
    MALLOC_MMAP_THRESHOLD_: '32768',
    MALLOC_TRIM_THRESHOLD_: '131072',
    ...process.env,
    NODE_NO_WARNINGS: '1',
  }
}

function run(step) {
  const result = spawnSync(node, step, { cwd: root, stdio: 'inherit', env: environment() })
  if (result.error) throw result.error
  if (result.status !== 0) process.exit(result.status ?? 1)
}

/**
 * The command itself: signals that reach us reach it, its exit code is ours, and the channel between us tells it when we
 * are gone, however we went.
 */
function runToTheEnd(step) {
  const child = spawn(node, step, { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env: environment() })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  // npm ends its shell, which tells nobody: then we have another parent.
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500).unref()
  child.on('error', (error) => {
    console.error(error.message)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
}
