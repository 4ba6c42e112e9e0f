// `npm run torture [-- NAME … --kills 100 --messages 1000000 --seed 1]`: the real program under each fault, and a table.
import { parseArgs } from 'node:util'
import { asMarkdown, type Finding } from './finding.ts'
import { killLoop } from './killLoop.ts'
import { malformed } from './malformed.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string', default: '100' },
    messages: { type: 'string', default: '1000000' },
    packets: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
  },
})
const seed = Number(values.seed)
const progress = (line: string): void => console.log(line)

const faults: Record<string, () => Promise<Finding[]>> = {
  kill: () =>
    killLoop({
      kills: Number(values.kills),
      messages: Number(values.messages),
      alone: 150,
      gateways: 30,
      seed,
      progress,
    }),
  malformed: () => malformed({ packets: Number(values.packets), seeds: [seed, seed + 1, seed + 2], progress }),
}

const findings: Finding[] = []
for (const name of positionals.length > 0 ? positionals : Object.keys(faults)) {
  const run = faults[name]
  if (!run) {
    console.error(`There is no fault '${name}'. Use one of: ${Object.keys(faults).join(', ')}.`)
    process.exit(1)
  }
  console.log(`— ${name}`)
  findings.push(...(await run()))
}
console.log(asMarkdown(findings))
process.exit(findings.every(({ isGood }) => isGood) ? 0 : 1)
