import { Skeleton, Text } from '@mantine/core'
import { type Answer, useCall } from '../../api.ts'
import { Failure, Panel } from '../../components/Page.tsx'
import { type Cell, Rows } from '../../components/Rows.tsx'
import { useWords } from '../../words/index.ts'
import { Sparkline } from './Sparkline.tsx'
import { useAmount } from './useAmount.ts'

type Kpi = Answer<'GET /api/kpis'>['items'][number]

export function Kpis() {
  const { t, say } = useWords()
  const amount = useAmount()
  const { data, error, refetch } = useCall('GET /api/kpis', { months: 6 }, 60_000)
  const cells: Cell<Kpi>[] = [
    {
      key: 'figure',
      label: t('quality.figure'),
      render: (kpi) => (
        <>
          <Text size="sm" fw={500}>
            {say(kpi.text)}
          </Text>
          <Text size="xs" c="dimmed">
            {say(kpi.definition)}
          </Text>
        </>
      ),
    },
    {
      key: 'value',
      label: t('quality.value'),
      isNumber: true,
      render: (kpi) => (
        <>
          <Text size="sm" fw={600}>
            {amount(kpi.value, kpi.unit)}
          </Text>
          <Text size="xs" c="dimmed">
            {kpi.of > 0 ? t('quality.of', { count: kpi.of }) : t('quality.none')}
          </Text>
        </>
      ),
    },
    {
      key: 'aim',
      label: t('quality.aim'),
      isNumber: true,
      render: ({ aim, unit }) => (aim === undefined ? '' : amount(aim, unit)),
    },
    {
      key: 'trend',
      label: t('quality.trend'),
      width: 180,
      render: (kpi) => (
        <Sparkline
          label={`${say(kpi.text)}: ${kpi.trend.map(({ value }) => amount(value, kpi.unit)).join(', ')}`}
          values={kpi.trend.map(({ value }) => value)}
          aim={kpi.aim}
        />
      ),
    },
  ]
  return (
    <Panel title={t('quality.kpis')}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={200} />}
      {data && <Rows cells={cells} rows={data.items} keyOf={({ name }) => name} minWidth={640} />}
    </Panel>
  )
}
