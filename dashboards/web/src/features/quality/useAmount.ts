import type { Answer } from '../../api.ts'
import { number, percent } from '../../components/format.tsx'
import { money } from '../../components/plainText.ts'
import { useWords } from '../../words/index.ts'

export type Kpi = Answer<'GET /api/kpis'>['items'][number]

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
