import { Group, Progress, Stack, Text } from '@mantine/core'
import type { Alert } from '../../api.ts'
import { percent, useDuration } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { exactTime } from '../../components/plainText.ts'
import { useWords } from '../../words/index.ts'

/** Less would read “0 %”. */
const LEAST_SHOWN = 0.005

/** What would explain it, the likeliest first. */
export function Hypotheses({ kind, hypotheses }: { kind: string; hypotheses: Readonly<Alert['hypotheses']> }) {
  const { lang } = useWords()
  const names = useNames()
  return (
    <Stack gap={6}>
      {hypotheses
        .filter(({ probability }) => probability >= LEAST_SHOWN)
        .slice(0, 4)
        .map(({ failureMode, probability }) => (
          <div key={failureMode}>
            <Group justify="space-between" gap="xs" wrap="nowrap">
              <Text size="sm">{names.mode(kind, failureMode)}</Text>
              <Text size="sm" fw={600}>
                {percent(probability, lang)}
              </Text>
            </Group>
            <Progress value={probability * 100} size={6} aria-label={names.mode(kind, failureMode)} />
          </div>
        ))}
    </Stack>
  )
}

/** What a sentence is told from: all of it of one version of the alert. */
export type Told = Pick<Alert, 'hypotheses' | 'remainingLife' | 'stage' | 'failedAt' | 'proving'>

/**
 * `Compressor wear, 82 % likely. About 9 d of use left (80 %: 5 d to 16 d).` Once it has failed nothing is left, and once it
 * is repaired the proof is what counts.
 */
export function useHypothesisSentence() {
  const { t, lang } = useWords()
  const names = useNames()
  const life = useLifeText()
  const next = ({ stage, remainingLife, failedAt, proving }: Told): string => {
    if (stage === 'failed') return t('alert.failed', { at: exactTime(failedAt ?? 0, lang) })
    if (stage === 'proving') return proving ? t('alert.proving', proving) : t('alert.provingUntold')
    if (stage === 'over') return t('alert.over')
    return remainingLife ? life(remainingLife) : ''
  }
  return (kind: string, told: Told): string => {
    const [top] = told.hypotheses
    if (!top) return next(told)
    const mode = names.mode(kind, top.failureMode)
    const what =
      told.stage === 'over' || told.stage === 'proving'
        ? `${mode}.`
        : t('alert.hypothesis', { mode, probability: percent(top.probability, lang) })
    return `${what} ${next(told)}`.trim()
  }
}

/** Remaining life in words, with its band. */
export function useLifeText() {
  const { t } = useWords()
  const duration = useDuration()
  return ({ p10, p50, p90 }: NonNullable<Alert['remainingLife']>): string =>
    t('alert.life', {
      p50: duration(p50),
      p10: duration(p10),
      p90: p90 === null ? t('alert.unknownEnd') : duration(p90),
    })
}

/** Remaining life as a band on a line of days: 80 % lie in the bar, the median is the notch. */
export function LifeBand({ life }: { life: NonNullable<Alert['remainingLife']> }) {
  const { t } = useWords()
  const text = useLifeText()
  const duration = useDuration()
  const end = Math.max(48, life.p90 ?? life.p50 * 3, life.p50 * 1.2)
  const at = (hours: number) => `${Math.min(100, (100 * hours) / end)}%`
  return (
    <div>
      <div className="life" role="img" aria-label={text(life)}>
        <div className="life-bar" style={{ left: at(life.p10), right: `calc(100% - ${at(life.p90 ?? end)})` }} />
        <div className="life-notch" style={{ left: at(life.p50) }} />
      </div>
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {t('common.now')}
        </Text>
        <Text size="xs" c="dimmed">
          {duration(end)}
        </Text>
      </Group>
    </div>
  )
}
