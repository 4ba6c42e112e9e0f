import { fileURLToPath } from 'node:url'

/** Environment of a program that loads one of this folder's `…Preload.ts` before itself, in each of its threads. */
export const preload = (name: string, env: Record<string, string> = {}): Record<string, string> => ({
  ...env,
  NODE_OPTIONS: `--import ${fileURLToPath(new URL(`./${name}Preload.ts`, import.meta.url))}`,
})
