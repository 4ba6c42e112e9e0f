import type { Catalog, Kind } from './catalog.ts'

/** The catalog as a page of documentation, in Markdown: what may be published, and what may be found. Pure. */
export function describeKinds(catalog: Catalog): string {
  const lines = [
    '# What appliances publish, and what is found',
    '',
    'Generated from the catalog by `npm run docs`; a test holds them equal. A kind of your own is one more file of the',
    'same form in `DATA_DIR/catalog/`.',
  ]
  for (const kind of catalog.kinds.values()) lines.push('', ...describeKind(kind))
  return `${lines.join('\n')}\n`
}

function describeKind(kind: Kind): string[] {
  const { name, cadenceSeconds, idleSeconds } = kind
  return [
    `## ${name.en} (\`${kind.kind}\`, ${name.zh})`,
    '',
    `A reading every ${cadenceSeconds} s${idleSeconds ? ` while a program runs, every ${idleSeconds} s at rest` : ''}; silent after ${kind.silentAfterHours} h without one.`,
    '',
    '| metric | unit (UCUM) | plausible | meaning |',
    '|---|---|---|---|',
    ...kind.metricNames.map((metric) => {
      const spec = kind.metrics[metric]
      if (!spec) return ''
      const role = spec.covariate
        ? '; what the home does, never evidence'
        : spec.sums
          ? '; adds up over the interval'
          : ''
      return `| \`${metric}\` | ${spec.unit} | ${spec.plausible.join(' to ')} | ${spec.text.en} (${spec.text.zh})${role} |`
    }),
    ...(kind.stateNames.length > 0 ? [''] : []),
    ...kind.stateNames.map((state) => {
      const words = kind.states[state]
      return `State \`${state}\`: ${Array.isArray(words) ? words.map((word) => `\`${word}\``).join(', ') : 'a short text'}.`
    }),
    ...Object.entries(kind.detection?.bursts ?? {}).flatMap(([code, { text, unit, speed, gives }]) => [
      '',
      `Bursts \`${code}\`: ${text.en} (${text.zh}), raw samples in ${unit}${speed ? ` with the shaft's \`speed\`` : ''}; without sensors of its own an appliance gives ${Object.keys(
        gives,
      )
        .map((metric) => `\`${metric}\``)
        .join(', ')} by them.`,
    ]),
    '',
    '| failure mode | meaning | no longer does its job when | skill, difficulty, minutes | suspected parts |',
    '|---|---|---|---|---|',
    ...Object.entries(kind.failureModes).map(([mode, spec]) => {
      const parts = Object.entries(spec.parts).map(([part, share]) => `${part} ${Math.round(share * 100)} %`)
      return `| \`${mode}\` | ${spec.text.en} (${spec.text.zh}) | ${spec.functionalFailure.en} | ${spec.skill}, ${spec.difficulty}, ${spec.minutes} | ${parts.join(', ') || '—'} |`
    }),
  ]
}
