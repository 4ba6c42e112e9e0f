import { Badge, Text, Tooltip } from '@mantine/core'
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
import { useNow } from '../live.ts'
import { stateColor } from '../theme.ts'
import { useWords } from '../words/index.ts'

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

/** UCUM as people write it. */
export const unitText = (unit: string): string =>
  ({ Cel: '°C', '1': '', '/min': 'rpm', '{count}': '', K: 'K' })[unit] ?? unit

export const money = (cents: number, lang: string): string =>
  (cents / 100).toLocaleString(lang, { style: 'currency', currency: lang === 'zh' ? 'CNY' : 'EUR' })

export const exactTime = (at: number, lang: string): string =>
  new Date(at).toLocaleString(lang === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'medium', timeStyle: 'short' })

/** "12 min ago" with the exact time on hover; on a fast clock the date itself. */
export function When({ at }: { at: number | undefined }) {
  const { t, lang } = useWords()
  const { now, simulated } = useNow()
  if (at === undefined || at === 0) return <>—</>
  const exact = exactTime(at, lang)
  if (simulated) return <span title={exact}>{exact}</span>
  const minutes = Math.round(Math.abs(now - at) / 60_000)
  const time =
    minutes < 60
      ? t('common.minutes', { count: minutes })
      : minutes < 2_880
        ? t('common.hours', { count: Math.round(minutes / 60) })
        : t('common.days', { count: Math.round(minutes / 1_440) })
  const text = minutes < 1 ? t('common.now') : at <= now ? t('common.ago', { time }) : t('common.inTime', { time })
  return (
    <Tooltip label={exact}>
      <span>{text}</span>
    </Tooltip>
  )
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

export function Dim({ children }: { children: React.ReactNode }) {
  return (
    <Text span c="dimmed" size="sm">
      {children}
    </Text>
  )
}

/** Saves rows as a CSV file. */
export function downloadCsv(name: string, rows: Record<string, unknown>[]): void {
  const columns = Object.keys(rows[0] ?? {})
  const quote = (value: unknown): string => {
    const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '')
    return /[",\n]/.test(text) || /^[=+\-@]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const csv = [columns.join(','), ...rows.map((row) => columns.map((column) => quote(row[column])).join(','))].join(
    '\n',
  )
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }))
  link.download = `${name}.csv`
  link.click()
  URL.revokeObjectURL(link.href)
}
