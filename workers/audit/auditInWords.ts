import type { AuditCheck } from '../../service/index.ts'

/** What a check of the audit came to, one line each. Pure. */
export function auditInWords({ rows, before, forgottenTo, head, faults, more, endKnown }: AuditCheck): string[] {
  const lines = [
    `${rows} rows${before > 0 ? `, of them ${before} from before there was a chain (vouched for together)` : ''}.`,
    ...(forgottenTo === undefined
      ? []
      : [`Rows 1 to ${forgottenTo} were forgotten, as the policy says (keptDays.audit).`]),
    ...faults.map((fault) => {
      if (fault.kind === 'missing') return `✗ ${rowsOf(fault)} missing.`
      if (fault.kind === 'cut') return `✗ ${rowsOf(fault)} missing: the end was cut off.`
      if (fault.kind === 'unsigned') return `✗ Row ${fault.seq} was added by somebody else: it has no hash.`
      return `✗ Row ${fault.seq} was changed, or stands in the place of another.`
    }),
  ]
  if (more > 0) lines.push(`✗ And ${more} more.`)
  if (!endKnown)
    lines.push(
      'Where it ended was not noted here (after a restore it is not): rows cut off at the end would not be missed.',
    )
  if (faults.length === 0) lines.push('✓ Every row is as it was written.')
  if (head) lines.push(`It ends at ${head.seq}:${head.hash} (note it elsewhere, and give it back with --head).`)
  return lines
}

const rowsOf = ({ from, to }: { from: number; to: number }): string =>
  from === to ? `Row ${from} is` : `Rows ${from} to ${to} are`
