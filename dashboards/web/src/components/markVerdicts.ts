import type { MarkVerdict } from '../../../../core/index.ts'

export const markVerdicts = ['normal-here', 'known', 'not-worth-it'] as const satisfies readonly MarkVerdict[]
