import { Card, Group, Select, Skeleton, Text, Title } from '@mantine/core'
import { type Answer, useCall } from '../../api.ts'
import { number } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Empty } from '../../components/Page.tsx'
import { type Cell, Rows } from '../../components/Rows.tsx'
import { useFilters } from '../../components/useFilters.ts'
import { useWords } from '../../words/index.ts'

type Life = Answer<'GET /api/quality/life'>['items'][number]

const lifeKeys = ['model', 'batch', 'firmware', 'season', 'part'] as const
export function LifeTable() {
  const { t, lang } = useWords()
  const names = useNames()
  const [filters, filter] = useFilters<'life'>()
  const by = lifeKeys.find((known) => known === filters.life) ?? 'model'
  const { data } = useCall('GET /api/quality/life', { by }, 60_000)
  const days = (value: number) => number(value, lang, 0)
  const shown = data?.items.filter(({ failures }) => failures > 0).slice(0, 30) ?? []
  const cells: Cell<Life>[] = [
    {
      key: 'group',
      label: t('quality.group'),
      render: ({ group, kind }) => `${by === 'part' ? names.part(kind, group) : group} · ${names.kind(kind)}`,
    },
    { key: 'failures', label: t('quality.failures'), isNumber: true, render: ({ failures }) => failures },
    { key: 'survivors', label: t('quality.survivors'), isNumber: true, render: ({ survivors }) => survivors },
    {
      key: 'shape',
      label: t('quality.shape'),
      isNumber: true,
      render: ({ fit }) =>
        fit ? (
          `${number(fit.shape, lang, 1)} (${number(fit.shapeInterval[0], lang, 1)} – ${number(fit.shapeInterval[1], lang, 1)})`
        ) : (
          <Text span size="xs" c="dimmed" className="too-few">
            {t('quality.tooFew')}
          </Text>
        ),
    },
    {
      key: 'scale',
      label: t('quality.scale'),
      isNumber: true,
      render: ({ fit }) =>
        fit &&
        `${t('quality.days', { days: days(fit.scale) })} (${days(fit.scaleInterval[0])} – ${days(fit.scaleInterval[1])})`,
    },
    {
      key: 'b10',
      label: t('quality.b10'),
      isNumber: true,
      render: ({ fit }) => fit && t('quality.days', { days: days(fit.b10) }),
    },
  ]
  return (
    <Card withBorder padding="md">
      <Group justify="space-between">
        <Title order={2}>{t('quality.life')}</Title>
        <Select
          size="xs"
          w={140}
          aria-label={t('quality.group')}
          data={lifeKeys.map((value) => ({ value, label: t(`quality.by.${value}`) }))}
          value={by}
          onChange={(value) => filter({ life: value })}
          allowDeselect={false}
        />
      </Group>
      <Text size="xs" c="dimmed" mb="sm">
        {t('quality.lifeHint')}
      </Text>
      {!data && <Skeleton height={120} />}
      {data && shown.length === 0 && <Empty>{t('quality.emptyLife')}</Empty>}
      {shown.length > 0 && (
        <Rows cells={cells} rows={shown} keyOf={({ kind, group }) => `${kind}/${group}`} minWidth={640} />
      )}
    </Card>
  )
}
