import { Anchor, Group, Skeleton, Table, Text, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useCall } from '../../api.ts'
import { Failure, Panel } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'
import { useClockName } from '../ticket/SlaClocks.tsx'
import { useEngineerName } from '../ticket/useEngineerName.ts'

/** The desk as it stood at a moment: how many tickets in which state, and which promises were broken by then. */
export function DayThen() {
  const { t } = useWords()
  const nameOf = useEngineerName()
  const clockName = useClockName()
  const [text, setText] = useState('')
  const at = text ? new Date(text).getTime() : Number.NaN
  const { data, error, refetch } = useCall('GET /api/day', Number.isFinite(at) ? { at } : null)
  const late = data?.tickets.filter((ticket) => ticket.late.length > 0) ?? []
  return (
    <Panel title={t('places.asOf')} hint={t('places.thenHint')}>
      <TextInput
        type="datetime-local"
        w={220}
        label={t('places.moment')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {Number.isFinite(at) && error && <Failure error={error} retry={() => void refetch()} />}
      {Number.isFinite(at) && !data && !error && <Skeleton height={80} mt="sm" />}
      {data && Number.isFinite(at) && (
        <>
          <Group gap="md" my="sm" role="status">
            {[...Map.groupBy(data.tickets, ({ state }) => state)].map(([state, of]) => (
              <Text key={state} size="sm">
                {t(`ticketState.${state}`)}: <b>{of.length}</b>
              </Text>
            ))}
            {data.tickets.length === 0 && <Text size="sm">{t('places.noneThen')}</Text>}
          </Group>
          {late.length > 0 && (
            <Table.ScrollContainer minWidth={420}>
              <Table verticalSpacing={4} aria-label={t('places.lateThen')}>
                <Table.Tbody>
                  {late.map(({ id, number, appliance, state, engineer, late: promises }) => (
                    <Table.Tr key={id}>
                      <Table.Td>
                        <Anchor component={Link} to={`/tickets/${id}`} size="sm">
                          {number}
                        </Anchor>
                      </Table.Td>
                      <Table.Td>{appliance}</Table.Td>
                      <Table.Td>{t(`ticketState.${state}`)}</Table.Td>
                      <Table.Td>{engineer && nameOf(engineer)}</Table.Td>
                      <Table.Td>{promises.map(clockName).join(', ')}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )}
        </>
      )}
    </Panel>
  )
}
