import { Anchor, Button, Card, Group, Stack, Text } from '@mantine/core'
import { IconCloud, IconPackages, IconWifiOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type CohortNotice, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'

const icons = { outage: IconWifiOff, weather: IconCloud, campaign: IconPackages }

/** A region's cell as people say it: 48,-5 is 48°N 5°W. */
function place(region: string): string {
  const [lat = 0, lon = 0] = region.split(',').map(Number)
  return `${Math.abs(lat)}°${lat < 0 ? 'S' : 'N'} ${Math.abs(lon)}°${lon < 0 ? 'W' : 'E'}`
}

/** A notice in a line: its cause, and how many. */
function useCohortTitle(): (notice: CohortNotice) => string {
  const { t } = useWords()
  const names = useNames()
  return ({ cause, by, cohort, kind = '', failureMode, joined }) => {
    const what = by === 'region' ? place(cohort) : cohort
    const subject = t(`cohort.cause.${cause === 'campaign' ? (by === 'batch' ? 'batch' : 'firmware') : cause}`, {
      what,
    })
    const many =
      cause === 'outage'
        ? t('cohort.appliances', { count: joined })
        : t('cohort.findings', { count: joined, kind: names.kind(kind), mode: names.mode(kind, failureMode) })
    return t('cohort.line', { subject, many })
  }
}

export const OPEN_NOTICES = { state: 'open', limit: 5 }

/** The open notices as lines that lead to their alerts: for pages that are about something else. */
export function CohortLines() {
  const title = useCohortTitle()
  const { data } = useCall('GET /api/cohorts', OPEN_NOTICES, 30_000)
  return data?.items.map((notice) => {
    const Icon = icons[notice.cause]
    return (
      <Group key={notice.id} gap={6} wrap="nowrap">
        <Icon size={16} aria-hidden style={{ flexShrink: 0 }} />
        <Anchor component={Link} to="/alerts" search={{ cohort: notice.id } as never} size="sm">
          {title(notice)}
        </Anchor>
      </Group>
    )
  })
}

/** What many appliances share: one card each, with the single alerts a click away. */
export function CohortNotices({
  open,
  chosen,
  choose,
}: {
  open: readonly CohortNotice[]
  chosen: string | undefined
  choose: (id: string | null) => void
}) {
  const { t } = useWords()
  // One that has ended is still shown to who asks for it by a link.
  const { data: asked } = useCall(
    'GET /api/cohorts/:id',
    chosen && !open.some(({ id }) => id === chosen) ? { id: chosen } : null,
  )
  const shown = [...open, ...(chosen && asked?.id === chosen && !open.some(({ id }) => id === chosen) ? [asked] : [])]
  if (shown.length === 0) return null
  return (
    <Stack gap="xs" role="group" aria-label={t('cohort.title')}>
      {shown.map((notice) => (
        <NoticeCard
          key={notice.id}
          notice={notice}
          isChosen={notice.id === chosen}
          choose={() => choose(notice.id === chosen ? null : notice.id)}
        />
      ))}
    </Stack>
  )
}

function NoticeCard({ notice, isChosen, choose }: { notice: CohortNotice; isChosen: boolean; choose: () => void }) {
  const { t } = useWords()
  const title = useCohortTitle()
  const { cause, joined, standing, size, expected, state, holdUntil } = notice
  const Icon = icons[cause]
  return (
    <Card withBorder padding="sm" data-chosen={isChosen || undefined}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Icon size={20} aria-hidden style={{ flexShrink: 0, marginTop: 2 }} />
        <Stack gap={2} style={{ flex: 1, minWidth: 0 }}>
          <Text fw={600}>{title(notice)}</Text>
          <Text size="sm" c="dimmed">
            {t('cohort.chance', { joined, size, expected: expected < 0.1 ? '< 0.1' : expected.toFixed(1) })}{' '}
            {t('cohort.standing', { count: standing })} · {t(state === 'open' ? 'cohort.since' : 'cohort.ended')}{' '}
            <When at={notice.closedAt ?? notice.openedAt} />
          </Text>
          <Text size="sm">
            {cause === 'outage'
              ? t('cohort.nobody')
              : holdUntil !== undefined && state === 'open'
                ? t('cohort.held')
                : t('cohort.notHeld')}{' '}
            {holdUntil !== undefined && state === 'open' && <When at={holdUntil} />}
          </Text>
        </Stack>
        <Stack gap={4} align="flex-end" style={{ flexShrink: 0 }}>
          <Button size="compact-sm" variant={isChosen ? 'light' : 'default'} aria-pressed={isChosen} onClick={choose}>
            {t(isChosen ? 'cohort.back' : 'cohort.show')}
          </Button>
          {cause === 'campaign' && (
            <Anchor component={Link} to="/quality" size="sm">
              {t('quality.emerging')}
            </Anchor>
          )}
        </Stack>
      </Group>
    </Card>
  )
}
