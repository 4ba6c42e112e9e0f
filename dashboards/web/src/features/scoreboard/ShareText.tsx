import { Text } from '@mantine/core'
import type { Scoreboard } from '../../api.ts'
import { percent } from '../../components/format.tsx'
import { useWords } from '../../words/index.ts'

/** A percentage of fewer than this says more than is known. */
const ENOUGH = 20

/** `37 of 41`, with its interval; the percentage only where enough was decided. */
export function ShareText({ share: { count, of, interval } }: { share: Scoreboard['verdicts']['precision'] }) {
  const { t, lang } = useWords()
  return (
    <>
      {t('score.countOf', { count, of })}{' '}
      <Text span size="xs" c="dimmed" fw={400}>
        {of >= ENOUGH
          ? `${percent(count / of, lang)} (${percent(interval[0], lang)} – ${percent(interval[1], lang)})`
          : of === 0
            ? t('score.noneDecided')
            : t('score.tooFewFor', { low: percent(interval[0], lang), high: percent(interval[1], lang) })}
      </Text>
    </>
  )
}
