import { Accordion, Button, Card, Group, Text, Title } from '@mantine/core'
import { type Ticket, useCall } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { HowItHelps } from './HowItHelps.tsx'
import { Steps } from './Steps.tsx'

/** Beside a ticket: what may help, what was asked on the telephone, and what the ticket itself has taught. */
export function TicketArticles({ ticket }: { ticket: Ticket }) {
  const { t, say } = useWords()
  const { act, busy } = useAction()
  const { data } = useCall('GET /api/tickets/:id/articles', { id: ticket.id })
  const { data: asked } = useCall('GET /api/tickets/:id/diagnoses', { id: ticket.id })
  const isSolved = ticket.closure !== undefined && ticket.closure.cause !== 'none' && ticket.closure.cause !== 'unknown'
  const tried = (article: string, helped: boolean) =>
    void act(
      'POST /api/tickets/:id/articles/:article/tried',
      { id: ticket.id, article },
      { helped },
      t('knowledge.thanks'),
    )
  return (
    <Card withBorder padding="md">
      <Title order={2} mb="xs">
        {t('knowledge.beside')}
      </Title>
      {data?.items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('knowledge.besideNone')}
        </Text>
      )}
      <Accordion variant="separated" chevronPosition="left">
        {data?.items.map(({ id, title, text, success }) => (
          <Accordion.Item key={id} value={id}>
            <Accordion.Control>{say(title)}</Accordion.Control>
            <Accordion.Panel>
              <Steps text={say(text)} />
              <HowItHelps success={success} />
              <Allowed to="knowledge.write">
                <Group gap="sm" mt="sm">
                  <Button size="xs" variant="light" loading={busy} onClick={() => tried(id, true)}>
                    {t('knowledge.helped')}
                  </Button>
                  <Button size="xs" variant="default" loading={busy} onClick={() => tried(id, false)}>
                    {t('knowledge.notHelped')}
                  </Button>
                </Group>
              </Allowed>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
      {asked?.items.map(({ id, steps }) => (
        <div key={id}>
          <Title order={3} fz="sm" mt="md">
            {t('diagnosis.before')}
          </Title>
          {steps.map(({ node, ask, said }) => (
            <Text key={node} size="sm">
              {say(ask)} — {say(said)}
            </Text>
          ))}
        </div>
      ))}
      {isSolved && (
        <Allowed to="knowledge.write">
          <Button
            mt="md"
            size="xs"
            variant="default"
            loading={busy}
            onClick={() => void act('POST /api/tickets/:id/article', { id: ticket.id }, {}, t('knowledge.made'))}
          >
            {t('knowledge.makeOne')}
          </Button>
        </Allowed>
      )}
    </Card>
  )
}
