import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Aedes with nothing behind it, in a process of its own. */
export async function startBareAedes(): Promise<{ pid: number; port: number; stop(): Promise<void> }> {
  const script = fileURLToPath(new URL('./bareAedes.ts', import.meta.url))
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return {
    pid: child.pid ?? 0,
    port: Number(line.toString().split(' ')[1]),
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
