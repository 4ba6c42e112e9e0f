import { Card, List, Table, Text, Title } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { type Answer, useCall } from '../../api.ts'
import { quantity } from '../../components/format.tsx'
import { Panel } from '../../components/Page.tsx'
import { exactTime } from '../../components/plainText.ts'
import { useWords } from '../../words/index.ts'
import { LinkHeader, LinkPage } from './LinkPage.tsx'

type SharedView = Answer<'GET /api/r/:secret'>
type Signals = Answer<'GET /api/r/:secret/telemetry'>

/** What an owner lets somebody see: the appliance, and nothing of them. */
export default function Shared() {
  const { t, say, lang } = useWords()
  const { secret } = useParams({ strict: false }) as { secret: string }
  const { data: view, error } = useCall('GET /api/r/:secret', { secret })
  const { data: signals } = useCall('GET /api/r/:secret/telemetry', view ? { secret } : null)
  return (
    <LinkPage view={view} error={error} title={view?.model} size={760} tellsWhy>
      {(view) => (
        <>
          <LinkHeader about={t('rights.shared', { at: exactTime(view.endsAt, lang) })}>
            {say(view.kindName)} {view.model} · {view.id}
          </LinkHeader>
          <Panel title={t('rights.measured')}>{signals && <Ranges metrics={view.metrics} signals={signals} />}</Panel>
          {view.scope === 'signals-and-repairs' && (
            <Card withBorder padding="md">
              <Title order={2}>{t('rights.faults')}</Title>
              <List size="sm" mb="md">
                {view.alerts.length === 0 && <List.Item>{t('rights.none')}</List.Item>}
                {view.alerts.map(({ failureMode, openedAt = 0, explanation }) => (
                  <List.Item key={`${failureMode}${openedAt}`}>
                    {exactTime(openedAt, lang)}: {say(explanation)}
                  </List.Item>
                ))}
              </List>
              <Title order={2}>{t('rights.repairs')}</Title>
              <List size="sm">
                {view.repairs.length === 0 && <List.Item>{t('rights.none')}</List.Item>}
                {view.repairs.map(({ number, state, createdAt, cause, parts = [] }) => (
                  <List.Item key={number}>
                    {exactTime(createdAt, lang)}: {number}, {t(`ticketState.${state as 'new'}`)}
                    {cause && `, ${[cause, ...parts].join(', ')}`}
                  </List.Item>
                ))}
              </List>
            </Card>
          )}
        </>
      )}
    </LinkPage>
  )
}

/** Lowest, mean and highest of each metric that was sent. */
function Ranges({ metrics, signals }: { metrics: SharedView['metrics']; signals: Signals }) {
  const { t, say, lang } = useWords()
  const rows = Object.entries(signals.series).flatMap(([name, { min, mean, max }]) => {
    const means = mean.filter((value) => value !== null)
    const spec = metrics[name]
    if (means.length === 0 || !spec) return []
    const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null)
    return [
      {
        name: say(spec.text, name),
        unit: spec.unit,
        low: Math.min(...known(min)),
        mid: means.reduce((sum, value) => sum + value, 0) / means.length,
        high: Math.max(...known(max)),
      },
    ]
  })
  if (rows.length === 0) return <Text size="sm">{t('rights.none')}</Text>
  return (
    <Table verticalSpacing={4}>
      <Table.Tbody>
        {rows.map(({ name, unit, low, mid, high }) => (
          <Table.Tr key={name}>
            <Table.Td>{name}</Table.Td>
            <Table.Td ta="right">
              {quantity(low, unit, lang)} … <b>{quantity(mid, unit, lang)}</b> … {quantity(high, unit, lang)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
