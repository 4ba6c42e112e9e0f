import { ActionIcon, Button, Group, Select, Tooltip } from '@mantine/core'
import { IconChevronLeft, IconChevronRight, IconZoomIn, IconZoomOut } from '@tabler/icons-react'
import { useState } from 'react'
import { type ApplianceDetail, useCall } from '../../../api.ts'
import { ExportMenu } from '../../../components/ExportMenu.tsx'
import type { Span } from '../../../components/Plot.tsx'
import { Allowed } from '../../../components/useMay.tsx'
import { useWords } from '../../../words/index.ts'
import type { Move } from './moved.ts'
import { SpanPicker } from './SpanPicker.tsx'
import type { useStretch } from './useStretch.ts'

/** Beside the others like it. */
export const LIKE = 'like'

const moves = [
  ['back', IconChevronLeft],
  ['on', IconChevronRight],
  ['in', IconZoomIn],
  ['out', IconZoomOut],
] as const

/** Where to look, beside whom, and what is seen as a file. */
export function SignalTools({
  appliance,
  stretch,
  span,
  move,
}: {
  appliance: ApplianceDetail
  stretch: ReturnType<typeof useStretch>
  span: Span
  move: (how: Move) => void
}) {
  const { t } = useWords()
  const { marked, hours, live } = stretch
  return (
    <Group gap="sm">
      {marked && (
        <Button size="compact-xs" variant="default" onClick={() => live(hours)}>
          {t('appliance.backToLive')}
        </Button>
      )}
      <ActionIcon.Group>
        {moves.map(([how, Icon]) => (
          <Tooltip key={how} label={t(`chart.move.${how}`)}>
            <ActionIcon size="md" variant="default" aria-label={t(`chart.move.${how}`)} onClick={() => move(how)}>
              <Icon size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        ))}
      </ActionIcon.Group>
      <SpanPicker hours={marked ? undefined : hours} choices={[1, 6, 24, 168, 720, 8760]} choose={live} />
      <Allowed to="alerts.see">
        <Beside appliance={appliance} beside={stretch.beside} choose={stretch.setBeside} />
      </Allowed>
      <ExportMenu
        address={(format) =>
          `/api/appliances/${encodeURIComponent(appliance.id)}/telemetry/file?from=${Math.round(span.from)}&to=${Math.round(span.to)}&format=${format}`
        }
      />
    </Group>
  )
}

/** Another appliance, or the median of those like it, in the same charts. */
function Beside({
  appliance,
  beside,
  choose,
}: {
  appliance: ApplianceDetail
  beside: string | undefined
  choose: (id: string | null) => void
}) {
  const { t } = useWords()
  const [said, say] = useState('')
  const like = { value: LIKE, label: t('chart.like') }
  // What stands in the field once somebody is chosen looks for nobody.
  const q = said === beside || said === like.label ? '' : said
  const { data } = useCall('GET /api/appliances', { kind: appliance.kind, limit: 20, ...(q ? { q } : {}) })
  const others = (data?.items ?? []).map(({ id }) => id).filter((id) => id !== appliance.id)
  const known = beside && beside !== LIKE && !others.includes(beside) ? [beside, ...others] : others
  return (
    <Select
      size="xs"
      w={190}
      aria-label={t('chart.beside')}
      placeholder={t('chart.beside')}
      data={[like, ...known]}
      value={beside ?? null}
      onChange={choose}
      onSearchChange={say}
      searchable
      clearable
    />
  )
}
