import { Anchor, Group, Table, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react'
import { type Ticket, useCall } from '../../api.ts'
import { Panel } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'

/** What the engineer ticked, and what the owner says of it. */
export function VisitCard({ ticket }: { ticket: Ticket }) {
  const { t, say } = useWords()
  const { data: card } = useCall('GET /api/tickets/:id/checklist', ticket.checklist ? { id: ticket.id } : null)
  if (!ticket.checklist || !card) return null
  return (
    <Panel title={t('visit.card')}>
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th />
            <Table.Th>{t('visit.engineerSays')}</Table.Th>
            <Table.Th>{t('visit.ownerSays')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {card.items
            .filter(({ code }) => card.answers?.[code])
            .map(({ code, text }) => {
              const said = card.answers?.[code]
              const ticked = card.ownerTicks?.[code]
              return (
                <Table.Tr key={code}>
                  <Table.Td>
                    <Text size="sm">{say(text)}</Text>
                    {said?.evidence &&
                      (said.evidence.startsWith('photo-') ? (
                        <Anchor size="xs" href={`/api/tickets/${ticket.id}/photos/${said.evidence}`} target="_blank">
                          {t('visit.photo')}
                        </Anchor>
                      ) : (
                        <Text size="xs" c="dimmed">
                          {said.evidence}
                        </Text>
                      ))}
                  </Table.Td>
                  <Table.Td>
                    <Tick ok={said?.ok} />
                  </Table.Td>
                  <Table.Td>
                    <Group gap={4} wrap="nowrap">
                      {ticked !== undefined && <Tick ok={ticked} />}
                      {ticked === false && said?.ok && <IconAlertTriangle size={14} aria-hidden color="var(--late)" />}
                    </Group>
                  </Table.Td>
                </Table.Tr>
              )
            })}
        </Table.Tbody>
      </Table>
    </Panel>
  )
}

function Tick({ ok }: { ok: boolean | undefined }) {
  const { t } = useWords()
  const Icon = ok ? IconCheck : IconX
  return <Icon size={16} role="img" aria-label={t(ok ? 'visit.ok' : 'visit.notOk')} />
}
