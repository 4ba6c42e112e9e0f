import { SegmentedControl } from '@mantine/core'
import { useWords } from '../../../words/index.ts'

/** How far back: hours, days, a year. Nothing is chosen while a stretch is marked with the mouse. */
export function SpanPicker({
  hours,
  choices,
  choose,
}: {
  hours: number | undefined
  choices: number[]
  choose: (hours: number) => void
}) {
  const { t } = useWords()
  const words = (value: number) =>
    value < 48
      ? t('common.hours', { count: value })
      : value >= 24 * 365
        ? t('common.years', { count: 1 })
        : t('common.days', { count: value / 24 })
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('chart.span')}
      value={hours === undefined ? '' : String(hours)}
      onChange={(value) => choose(Number(value))}
      data={choices.map((value) => ({ value: String(value), label: words(value) }))}
    />
  )
}
