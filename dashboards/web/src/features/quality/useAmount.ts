import type { Text as Words } from '../../api.ts'
import { money, number, percent } from '../../components/format.tsx'
import { useWords } from '../../words/index.ts'

export interface Kpi {
  name: string
  text: Words
  definition: Words
  unit: 'h' | 'share' | 'cents'
  better: 'higher' | 'lower'
  value: number | null
  of: number
  aim?: number
  trend: { from: number; value: number | null; of: number }[]
}

export function useAmount() {
  const { lang } = useWords()
  return (value: number | null | undefined, unit: Kpi['unit']): string =>
    value === null || value === undefined
      ? '—'
      : unit === 'share'
        ? percent(value, lang)
        : unit === 'cents'
          ? money(Math.round(value), lang)
          : `${number(value, lang, 1)} h`
}
