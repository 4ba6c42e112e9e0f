import { Badge } from '@mantine/core'
import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconCircleCheck,
  IconEye,
  IconInfoCircle,
  IconPlugConnectedX,
  IconSchool,
  IconTool,
} from '@tabler/icons-react'
import { useClock } from '../live.ts'
import { stateColor } from '../theme.ts'
import { useWords } from '../words/index.ts'
import { type Language, localeOf } from '../words/language.ts'
import { exactTime } from './plainText.ts'

const icons = {
  learning: IconSchool,
  healthy: IconCircleCheck,
  watch: IconEye,
  visit: IconTool,
  silent: IconPlugConnectedX,
  info: IconInfoCircle,
  warning: IconAlertTriangle,
  critical: IconAlertOctagon,
} as const
export type StateName = keyof typeof icons

/** One glyph for each state, so that no colour stands alone. */
export const glyph: Record<string, string> = { learning: '·', healthy: '', watch: '!', visit: '✕', silent: '?' }

export function StateBadge({ state, words }: { state: StateName; words: string }) {
  const Icon = icons[state]
  return (
    <Badge color={stateColor[state] ?? 'gray'} variant="light" leftSection={<Icon size={12} aria-hidden />}>
      {words}
    </Badge>
  )
}

/** `1,234.5` with as many digits as the size of the number deserves. */
export function number(value: number | null | undefined, lang: string, digits?: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '—'
  const size = Math.abs(value)
  const maximumFractionDigits = digits ?? (size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
  return value.toLocaleString(lang, { maximumFractionDigits })
}

/** `62 %`. */
export const percent = (share: number, lang: string): string =>
  `${(share * 100).toLocaleString(lang, { maximumFractionDigits: share > 0 && share < 0.01 ? 1 : 0 })} %`

/** UCUM as people write it. */
export const unitText = (unit: string): string =>
  ({ Cel: '°C', '1': '', '/min': 'rpm', '{count}': '', K: 'K' })[unit] ?? unit

/** Without the year, for narrow places. */
export const shortTime = (at: number, lang: Language): string =>
  new Date(at).toLocaleString(localeOf(lang), {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })

/** Above this speed "ago" would be wrong before it is read: the date stands instead. */
const DATES_ABOVE_SPEED = 60

/** "12 min ago" with the exact time on hover; on a fast clock the date itself. */
export function When({ at }: { at: number | undefined }) {
  const { t, lang } = useWords()
  const exact = at ? exactTime(at, lang) : '—'
  const text = useClock(({ now, simulated, speed }) => {
    if (!at || (simulated && speed > DATES_ABOVE_SPEED)) return exact
    const minutes = Math.round(Math.abs(now - at) / 60_000)
    if (minutes < 1) return t('common.now')
    const time =
      minutes < 60
        ? t('common.minutes', { count: minutes })
        : minutes < 2_880
          ? t('common.hours', { count: Math.round(minutes / 60) })
          : t('common.days', { count: Math.round(minutes / 1_440) })
    return at <= now ? t('common.ago', { time }) : t('common.inTime', { time })
  })
  if (!at) return <>—</>
  return (
    <time dateTime={new Date(at).toISOString()} title={exact}>
      {text}
    </time>
  )
}

/** A number with its unit; a ratio that is a share as per cent. */
export function quantity(value: number | null | undefined, unit: string, lang: string, share = false): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '—'
  if (share) return percent(value, lang)
  const text = unitText(unit)
  return text ? `${number(value, lang)} ${text}` : number(value, lang)
}

/** Hours as people say them. */
export function useDuration(): (hours: number) => string {
  const { t } = useWords()
  return (hours) =>
    hours < 1
      ? t('common.minutes', { count: Math.round(hours * 60) })
      : hours < 48
        ? t('common.hours', { count: Math.round(hours) })
        : t('common.days', { count: Math.round(hours / 24) })
}
