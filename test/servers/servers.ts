// Real servers for the tests and benchmarks: Debian's packages, fetched and unpacked into a cache, never installed.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = resolve(root, '.cache/servers')
const unpacked = join(cache, 'root')
const stamp = join(cache, 'unpacked')
const packages = [
  'redis-server',
  'mosquitto',
  'mosquitto-clients',
  'influxdb',
  'postgresql-15',
  'prometheus',
  // The client of Home Assistant.
  'python3-paho-mqtt',
]
/** What nobody is: PostgreSQL refuses root. */
const NOBODY = 65_534
const START_MS = 20_000
const apt = 'apt-get'

export interface RunningServer {
  url: string
  port: number
  pid: number
  /** Ends it, by its process id; with `keep` its folder stays, for a start on the same data and port. */
  stop(keep?: boolean): Promise<void>
}
export interface StartOptions {
  port?: number
  dir?: string
  /** More lines of the server's own configuration, or arguments of Redis. */
  more?: string[]
}

let fetched: boolean | undefined

/**
 * Makes sure that the programs are there: the machine's own, else Debian's packages in `.cache/servers`, which stays
 * between runs. @returns false where that is impossible (no Debian, no network); says why on standard error
 */
export function fetchServers(): boolean {
  fetched ??= (existsSync(stamp) && readFileSync(stamp, 'utf8') === packages.join('\n')) || fetchPackages()
  return fetched
}

/** For `describe.skipIf`: true where the servers cannot be had. With CI=true it throws instead, so that none is skipped. */
export function serversMissing(): boolean {
  if (fetchServers()) return false
  if (process.env.CI === 'true')
    throw new Error('The real servers are missing, and with CI=true no test may be skipped.')
  console.warn('skipped: the real servers could not be fetched (see above)')
  return true
}

/** The system's Chromium, or a path that CHROMIUM names. */
export const chromiumProgram = (): string | undefined =>
  process.env.CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path))

/** Chromium brings a hundred libraries: as root it is installed like any program of the system. @returns is it there now? */
export function fetchChromium(): boolean {
  if (chromiumProgram()) return true
  if (process.getuid?.() !== 0) return false
  console.log('Getting Chromium for the browser tests (once, a minute or so) …')
  const install = (): boolean =>
    run(apt, ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', 'chromium'])
  return (install() || (run(apt, ['update']) && install())) && chromiumProgram() !== undefined
}

function fetchPackages(): boolean {
  const debs = join(cache, 'debs')
  mkdirSync(join(debs, 'partial'), { recursive: true })
  const asRoot = process.getuid?.() === 0
  const download = (): boolean => {
    const install = [
      'install',
      '-y',
      '--no-install-recommends',
      '--download-only',
      '-o',
      `Dir::Cache::archives=${debs}`,
      '-o',
      'DPkg::Lock::Timeout=300',
    ]
    if (asRoot) return run(apt, [...install, ...packages])
    return run(apt, ['download', ...withLibraries()], debs)
  }
  if (!download() && !(asRoot && run(apt, ['update']) && download())) {
    console.warn('servers: apt-get could not download them; on other systems use docker-compose.yml')
    return false
  }
  for (const deb of readdirSync(debs).filter((name) => name.endsWith('.deb'))) {
    if (!run('dpkg', ['-x', join(debs, deb), unpacked])) return false
  }
  // PostgreSQL runs as nobody, who has to reach its files.
  for (let dir = unpacked; dir.startsWith(cache); dir = resolve(dir, '..')) chmodSync(dir, 0o755)
  writeFileSync(stamp, packages.join('\n'))
  return true
}

/** Without root apt-get does not say what else is needed, so ask it, and leave out what the machine has. */
function withLibraries(): string[] {
  const plan = spawnSync(apt, ['install', '-s', '--no-install-recommends', ...packages], { encoding: 'utf8' })
  const planned = [...(plan.stdout ?? '').matchAll(/^Inst (\S+)/gm)].map(([, name]) => name as string)
  return planned.length ? planned : packages
}

function run(command: string, args: string[], cwd?: string): boolean {
  const done = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (done.status !== 0)
    console.warn(`${command} ${args[0]}: ${done.error?.message ?? done.stderr?.trim().split('\n').pop()}`)
  return done.status === 0
}

/** A program of the servers: unpacked, or the machine's. */
export function serverProgram(name: string): string {
  const places = ['usr/bin', 'usr/sbin', 'usr/lib/postgresql/15/bin'].map((dir) => join(unpacked, dir, name))
  const own = (process.env.PATH ?? '').split(delimiter).map((dir) => join(dir, name))
  return [...places, ...own].find((path) => existsSync(path)) ?? name
}

/** For children that run an unpacked program: where its libraries are. */
export function serverEnv(): NodeJS.ProcessEnv {
  const lib = join(unpacked, 'usr/lib')
  const processor = existsSync(lib) ? readdirSync(lib).filter((name) => name.endsWith('-linux-gnu')) : []
  return { ...process.env, LD_LIBRARY_PATH: processor.map((name) => join(lib, name)).join(':') }
}

/** Where Python finds the packages that were fetched. */
export const pythonPackages = (): string => join(unpacked, 'usr/lib/python3/dist-packages')

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}

export async function startRedis(options: StartOptions = {}): Promise<RunningServer> {
  const { port, dir } = await place(options)
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'yes']
  return await start('redis-server', [...args, ...(options.more ?? [])], `redis://127.0.0.1:${port}`, port, dir)
}

export async function startMosquitto(options: StartOptions = {}): Promise<RunningServer> {
  const { port, dir } = await place(options)
  const config = join(dir, 'mosquitto.conf')
  const user = process.getuid?.() === 0 ? ['user root'] : []
  writeFileSync(
    config,
    [`listener ${port} 127.0.0.1`, 'allow_anonymous true', ...user, ...(options.more ?? [])].join('\n'),
  )
  return await start('mosquitto', ['-c', config], `mqtt://127.0.0.1:${port}`, port, dir)
}

export async function startInflux(options: StartOptions = {}): Promise<RunningServer> {
  const { port, dir } = await place(options)
  const config = join(dir, 'influxdb.conf')
  const rpc = await freePort()
  const lines = [
    'reporting-disabled = true',
    `bind-address = "127.0.0.1:${rpc}"`,
    `[meta]\n  dir = "${dir}/meta"`,
    `[data]\n  dir = "${dir}/data"\n  wal-dir = "${dir}/wal"\n  query-log-enabled = false`,
    `[http]\n  bind-address = "127.0.0.1:${port}"\n  log-enabled = false\n  max-body-size = 0`,
    '[monitor]\n  store-enabled = false',
    ...(options.more ?? []),
  ]
  writeFileSync(config, lines.join('\n'))
  return await start('influxd', ['-config', config], `http://127.0.0.1:${port}`, port, dir, async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/ping`, { signal: AbortSignal.timeout(1_000) }).catch(
      () => undefined,
    )
    return answer?.status === 204
  })
}

export async function startPostgres(options: StartOptions = {}): Promise<RunningServer> {
  const { port, dir } = await place(options)
  const asRoot = process.getuid?.() === 0
  const as = asRoot ? { uid: NOBODY, gid: NOBODY } : {}
  if (asRoot) chownSync(dir, NOBODY, NOBODY)
  const data = join(dir, 'data')
  if (!existsSync(data)) {
    const made = spawnSync(
      serverProgram('initdb'),
      ['-D', data, '-U', 'test', '--auth=trust', '--no-sync', '-E', 'UTF8'],
      {
        ...as,
        cwd: dir,
        env: serverEnv(),
        encoding: 'utf8',
      },
    )
    if (made.status !== 0) throw new Error(`initdb: ${made.error?.message ?? made.stderr}`)
  }
  const args = ['-D', data, '-p', String(port), '-k', dir, '-c', 'listen_addresses=127.0.0.1']
  const url = `postgres://test@127.0.0.1:${port}/postgres`
  const answers = async (): Promise<boolean> => {
    const status = spawnSync(serverProgram('pg_isready'), ['-h', '127.0.0.1', '-p', String(port)], {
      env: serverEnv(),
    }).status
    return status === 0 || (status === null && (await accepts(port)))
  }
  // SIGINT is PostgreSQL's fast shutdown; on SIGTERM it would wait for its clients.
  return await start('postgres', [...args, ...(options.more ?? [])], url, port, dir, answers, as, 'SIGINT')
}

/** A Prometheus with this configuration. */
export async function startPrometheus(config: string, options: StartOptions = {}): Promise<RunningServer> {
  const { port, dir } = await place(options)
  const file = join(dir, 'prometheus.yml')
  writeFileSync(file, config)
  const args = [`--config.file=${file}`, `--storage.tsdb.path=${dir}/data`, `--web.listen-address=127.0.0.1:${port}`]
  return await start('prometheus', args, `http://127.0.0.1:${port}`, port, dir, async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/-/ready`, { signal: AbortSignal.timeout(1_000) }).catch(
      () => undefined,
    )
    return answer?.status === 200
  })
}

async function place({ port, dir }: StartOptions): Promise<{ port: number; dir: string }> {
  return { port: port ?? (await freePort()), dir: dir ?? mkdtempSync(join(tmpdir(), 'hearthwatch-server-')) }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function start(
  name: string,
  args: string[],
  url: string,
  port: number,
  dir: string,
  answers: () => Promise<boolean> = () => accepts(port),
  as: { uid?: number; gid?: number } = {},
  end: NodeJS.Signals = 'SIGTERM',
): Promise<RunningServer> {
  if (!fetchServers()) throw new Error(`${name} is not on this machine and could not be fetched`)
  const child = spawn(serverProgram(name), args, {
    ...as,
    cwd: dir,
    env: serverEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const listen = (chunk: Buffer): void => {
    said = (said + chunk).slice(-4_000)
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  const died = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(`ended with ${code ?? signal}`))
  })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const deadline = performance.now() + START_MS
  for (;;) {
    const why = await Promise.race([died, answers().then((yes) => (yes ? 'up' : 'not yet'))])
    if (why === 'up') break
    if (why !== 'not yet' || performance.now() > deadline) {
      kill()
      throw new Error(`${name} did not start (${why}): ${said}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  return {
    url,
    port,
    pid: child.pid ?? 0,
    async stop(keep = false) {
      process.off('exit', kill)
      await ended(child, end)
      if (!keep) rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await exit
  clearTimeout(timer)
}
