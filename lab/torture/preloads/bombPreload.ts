// Loaded into the program before it: some contents of otherwise sound frames make the stage that comes to them fail, each in
// its own way. The program knows nothing of it: what fails are functions of the platform that it calls.
/** By a reading's `ts`, the first sample of a burst, or an event's code. */
const SETTLE_THROWS = 1_700_000_000_666

const overflow = (depth: number): number => overflow(depth + 1) + 1
const ends: Record<number, () => void> = {
  66601: () => {
    throw new Error('the analysis throws')
  },
  66602: () => process.exit(1),
  66603: () => void overflow(0),
  66605: () => void process.kill(process.pid, 'SIGKILL'),
}

const isInteger = Number.isInteger
Number.isInteger = (value: unknown) => {
  if (value === SETTLE_THROWS) throw new Error('settling throws')
  return isInteger(value)
}

const from = Float64Array.from
Float64Array.from = ((...args: Parameters<typeof from>) => {
  const [samples] = args
  if (Array.isArray(samples)) ends[samples[0] as number]?.()
  return from.apply(Float64Array, args)
}) as typeof from

const stringify = JSON.stringify
JSON.stringify = ((...args: Parameters<typeof stringify>) => {
  const code = (args[0] as { code?: unknown } | null | undefined)?.code
  if (code === 'store-throws') throw new Error('the store throws')
  if (code === 'store-ends') process.exit(1)
  return stringify(...args)
}) as typeof stringify
