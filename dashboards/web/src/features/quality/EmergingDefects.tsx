import { Card, Skeleton, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type Answer, useCall } from '../../api.ts'
import { number } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Empty } from '../../components/Page.tsx'
import { type Cell, Rows } from '../../components/Rows.tsx'
import { useWords } from '../../words/index.ts'

type Defect = Answer<'GET /api/quality/emerging'>['items'][number]

export function EmergingDefects() {
  const { t, lang } = useWords()
  const names = useNames()
  const { data } = useCall('GET /api/quality/emerging', {}, 60_000)
  const cells: Cell<Defect>[] = [
    {
      key: 'cohort',
      label: t('quality.cohort'),
      render: ({ by, cohort, kind }) => `${t(`quality.by.${by}`)} ${cohort} · ${names.kind(kind)}`,
    },
    {
      key: 'failureMode',
      label: t('common.failureMode'),
      render: ({ by, kind, failureMode }) => (
        <Link to="/trends" search={{ by, mode: failureMode } as never}>
          {names.mode(kind, failureMode)}
        </Link>
      ),
    },
    {
      key: 'found',
      label: t('quality.found'),
      isNumber: true,
      render: ({ found, appliances }) => `${found} / ${appliances}`,
    },
    {
      key: 'expected',
      label: t('quality.expected'),
      isNumber: true,
      render: ({ expected }) => number(expected, lang, 1),
    },
    { key: 'reported', label: t('quality.reportedOf'), isNumber: true, render: ({ reported }) => reported },
    {
      key: 'surprise',
      label: t('quality.surprise'),
      isNumber: true,
      render: ({ surprise }) => (surprise < 0.0001 ? '< 0.01 %' : `${number(100 * surprise, lang, 2)} %`),
    },
  ]
  return (
    <Card withBorder padding="md">
      <Title order={2}>{t('quality.emerging')}</Title>
      <Text size="xs" c="dimmed" mb="sm">
        {t('quality.emergingHint')}
      </Text>
      {!data && <Skeleton height={80} />}
      {data?.items.length === 0 && <Empty>{t('quality.noEmerging')}</Empty>}
      {data && data.items.length > 0 && (
        <Rows
          cells={cells}
          rows={data.items}
          keyOf={({ by, cohort, failureMode }) => `${by}/${cohort}/${failureMode}`}
          minWidth={640}
        />
      )}
    </Card>
  )
}
