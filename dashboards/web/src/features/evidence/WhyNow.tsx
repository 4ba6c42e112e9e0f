import { Group, Stack, Text } from '@mantine/core'
import type { Weighed } from '../../api.ts'
import { percent, useDuration } from '../../components/format.tsx'
import { money } from '../../components/plainText.ts'
import { useWords } from '../../words/index.ts'

/** Why a visit, and why by then: what each choice is expected to cost. @param isPast as it was said when it was agreed to */
export function WhyNow({ weighed, isPast = false }: { weighed: Weighed; isPast?: boolean }) {
  const { t, lang } = useWords()
  const duration = useDuration()
  const { act, urgent, withinHours, real, cause, failsWithin, failsLater, cents } = weighed
  const time = duration(withinHours)
  const choices = [
    // Where the first chance is the best time, it stands once.
    ...(cents.soonest === cents.planned ? [] : [['soonest', cents.soonest] as const]),
    ['planned', cents.planned],
    ['later', cents.later],
    ['never', cents.never],
  ] as const
  const most = Math.max(...choices.map(([, value]) => value), 1)
  const least = Math.min(...choices.map(([, value]) => value))
  return (
    <Stack gap="xs">
      <Text size="sm">
        {t(isPast ? 'weighed.actThen' : urgent ? 'weighed.urgent' : act ? 'weighed.act' : 'weighed.leave', {
          time,
          saved: money(cents.never - cents.planned, lang),
        })}
      </Text>
      <Stack gap={4} role="group" aria-label={t('weighed.costs')}>
        {choices.map(([choice, value]) => (
          <Group key={choice} gap="xs" wrap="nowrap">
            <Text size="sm" w={150} fw={value === least ? 600 : 400} style={{ flexShrink: 0 }}>
              {t(`weighed.${choice}`, { time })}
            </Text>
            <div aria-hidden style={{ flex: 1 }}>
              <div
                style={{
                  width: `${(100 * value) / most}%`,
                  height: 8,
                  borderRadius: 4,
                  background: value === least ? 'var(--mantine-primary-color-filled)' : 'var(--mantine-color-gray-5)',
                }}
              />
            </div>
            <Text size="sm" w={80} ta="right" fw={value === least ? 600 : 400} style={{ flexShrink: 0 }}>
              {money(value, lang)}
            </Text>
          </Group>
        ))}
      </Stack>
      <Text size="sm" c="dimmed">
        {t(isPast ? 'weighed.becauseThen' : 'weighed.because', {
          real: percent(real, lang),
          cause: percent(cause, lang),
          within: percent(failsWithin, lang),
          later: percent(failsLater, lang),
          time,
        })}
      </Text>
    </Stack>
  )
}
