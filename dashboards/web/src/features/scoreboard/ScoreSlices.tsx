import { Anchor, Card, Group, SegmentedControl, Table, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type ScoreSlice, type SliceKey, useCall } from '../../api.ts'
import { number, percent } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Empty, Failure } from '../../components/Page.tsx'
import { money } from '../../components/plainText.ts'
import { useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { TicketCount } from './TicketCount.tsx'

const keys: SliceKey[] = ['kind', 'model', 'version', 'failureMode']
/** A percentage of fewer says more than is known. */
const ENOUGH = 20

/** The same record by kind, model, version or failure mode; each number leads to its tickets. */
export function ScoreSlices() {
  const { t } = useWords()
  const [by, setBy] = useState<SliceKey>('kind')
  const { data, error, refetch } = useCall('GET /api/scoreboard/slices', { by }, 20_000)
  useFresh(['ticket'], ['/api/scoreboard/slices'])
  const shown = data?.by === by ? data.items : []
  return (
    <Card withBorder padding="md" component="section" aria-label={t('slices.title')}>
      <Group justify="space-between" mb="sm">
        <div>
          <Title order={2}>{t('slices.title')}</Title>
          <Text size="xs" c="dimmed">
            {t('slices.hint')}
          </Text>
        </div>
        <SegmentedControl
          size="xs"
          aria-label={t('slices.by')}
          value={by}
          onChange={(value) => setBy(keys.find((key) => key === value) ?? 'kind')}
          data={keys.map((value) => ({ value, label: t(`slices.keys.${value}`) }))}
        />
      </Group>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {data && shown.length === 0 && <Empty>{t('score.empty')}</Empty>}
      {shown.length > 0 && (
        <Table.ScrollContainer minWidth={680}>
          <Table verticalSpacing={5} fz="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t(`slices.keys.${by}`)}</Table.Th>
                {(['precision', 'wrong', 'other', 'undecided', 'falseRate', 'saidLife', 'lead', 'saved'] as const).map(
                  (column) => (
                    <Table.Th key={column} ta="right">
                      {t(`slices.${column}`)}
                    </Table.Th>
                  ),
                )}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((slice) => (
                <Slice key={`${slice.kind}/${slice.key}`} by={by} slice={slice} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  )
}

function useNameOf(by: SliceKey): (slice: ScoreSlice) => string {
  const { t } = useWords()
  const names = useNames()
  return ({ kind, key }: ScoreSlice): string => {
    if (by === 'kind') return names.kind(kind)
    const own =
      by === 'failureMode'
        ? names.mode(kind, key)
        : by !== 'version'
          ? key
          : key === ''
            ? t('slices.unknownVersion')
            : key.includes('/')
              ? t('slices.own')
              : key
    return `${names.kind(kind)} · ${own}`
  }
}

/** One kind, model, version or mode: what came of its tickets, each number with those behind it. */
function Slice({ by, slice }: { by: SliceKey; slice: ScoreSlice }) {
  const { t, lang } = useWords()
  const nameOf = useNameOf(by)
  const linkTo = (verdict?: string) => ({
    view: 'rest',
    source: 'predicted',
    kind: slice.kind,
    ...(by === 'kind' ? {} : { [by]: slice.key }),
    ...(verdict ? { verdict } : {}),
  })
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to="/tickets" search={linkTo() as never} size="sm">
          {nameOf(slice)}
        </Anchor>
      </Table.Td>
      <Table.Td ta="right">
        <TicketCount search={linkTo('confirmed')} count={slice.confirmed} />
        {slice.precision.of >= ENOUGH && (
          <Text span size="xs" c="dimmed">
            {' '}
            {percent(slice.precision.count / slice.precision.of, lang)}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">
        <TicketCount search={linkTo('refuted')} count={slice.refuted} />
      </Table.Td>
      <Table.Td ta="right">
        <TicketCount search={linkTo('other-cause')} count={slice.otherCause} />
      </Table.Td>
      <Table.Td ta="right">
        <TicketCount search={linkTo('undecided')} count={slice.undecided} />
      </Table.Td>
      <Table.Td ta="right">
        <TicketCount
          search={linkTo('refuted')}
          count={slice.falsePerApplianceYear}
          words={number(slice.falsePerApplianceYear, lang, 3)}
        />
      </Table.Td>
      <Table.Td ta="right">
        <TicketCount
          search={linkTo('confirmed')}
          count={slice.saidLifeDays}
          words={slice.saidLifeDays === null ? '—' : t('score.days', { days: number(slice.saidLifeDays, lang, 1) })}
        />
      </Table.Td>
      <Table.Td ta="right">
        <TicketCount
          search={linkTo()}
          count={slice.leadDays}
          words={slice.leadDays === null ? '—' : t('score.days', { days: number(slice.leadDays, lang, 1) })}
        />
      </Table.Td>
      <Table.Td ta="right">
        <TicketCount search={linkTo()} count={slice.savedCents} words={money(slice.savedCents, lang)} />
      </Table.Td>
    </Table.Tr>
  )
}
