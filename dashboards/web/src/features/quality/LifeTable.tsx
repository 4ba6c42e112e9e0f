import { Card, Group, Select, Skeleton, Table, Text, Title } from '@mantine/core'
import { useCall } from '../../api.ts'
import { number } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Empty } from '../../components/Page.tsx'
import { useFilters } from '../../components/useFilters.ts'
import { useWords } from '../../words/index.ts'

const lifeKeys = ['model', 'batch', 'firmware', 'season', 'part'] as const
export function LifeTable() {
  const { t, lang } = useWords()
  const names = useNames()
  const [filters, filter] = useFilters<'life'>()
  const by = lifeKeys.find((known) => known === filters.life) ?? 'model'
  const { data } = useCall('GET /api/quality/life', { by }, 60_000)
  const days = (value: number) => number(value, lang, 0)
  const shown = data?.items.filter(({ failures }) => failures > 0).slice(0, 30) ?? []
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
        <Table.ScrollContainer minWidth={640}>
          <Table verticalSpacing={5}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('quality.group')}</Table.Th>
                <Table.Th ta="right">{t('quality.failures')}</Table.Th>
                <Table.Th ta="right">{t('quality.survivors')}</Table.Th>
                <Table.Th ta="right">{t('quality.shape')}</Table.Th>
                <Table.Th ta="right">{t('quality.scale')}</Table.Th>
                <Table.Th ta="right">{t('quality.b10')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map(({ group, kind, failures, survivors, fit }) => (
                <Table.Tr key={`${kind}/${group}`}>
                  <Table.Td>
                    {by === 'part' ? names.part(kind, group) : group} · {names.kind(kind)}
                  </Table.Td>
                  <Table.Td ta="right">{failures}</Table.Td>
                  <Table.Td ta="right">{survivors}</Table.Td>
                  {fit ? (
                    <>
                      <Table.Td ta="right">
                        {number(fit.shape, lang, 1)} ({number(fit.shapeInterval[0], lang, 1)} –{' '}
                        {number(fit.shapeInterval[1], lang, 1)})
                      </Table.Td>
                      <Table.Td ta="right">
                        {t('quality.days', { days: days(fit.scale) })} ({days(fit.scaleInterval[0])} –{' '}
                        {days(fit.scaleInterval[1])})
                      </Table.Td>
                      <Table.Td ta="right">{t('quality.days', { days: days(fit.b10) })}</Table.Td>
                    </>
                  ) : (
                    <Table.Td ta="right" colSpan={3}>
                      <Text size="xs" c="dimmed" className="too-few">
                        {t('quality.tooFew')}
                      </Text>
                    </Table.Td>
                  )}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  )
}
