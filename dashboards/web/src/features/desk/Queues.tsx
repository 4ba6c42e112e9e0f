import { Anchor, Badge, Button, Card, Group, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'

const SHOWN = 8

/** Who calls, and what waits in which queue: VIPs have one of their own. */
export function Queues() {
  const { t, say } = useWords()
  const { data } = useCall('GET /api/queues', {}, 20_000)
  const [phone, setPhone] = useState('')
  const [asked, ask] = useState<string>()
  const { data: routed } = useCall('GET /api/calls/route', asked ? { phone: asked } : null)
  return (
    <Stack gap="sm">
      <Title order={2}>{t('network.queues')}</Title>
      <Allowed to="intake.write">
        <form
          onSubmit={(event) => {
            event.preventDefault()
            ask(phone.trim())
          }}
        >
          <Group gap="sm" align="flex-end">
            <TextInput
              label={t('network.caller')}
              type="tel"
              value={phone}
              onChange={(event) => setPhone(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" disabled={!phone.trim()}>
              {t('network.whoCalls')}
            </Button>
          </Group>
        </form>
      </Allowed>
      {asked && routed?.queue && (
        <Text size="sm" role="status">
          {t(routed.because === 'segment' ? 'network.ledTo' : 'network.askMenu', {
            queue: say(routed.queue.text),
            agents: routed.queue.agents.join(', ') || t('network.anyAgent'),
            menu: routed.menu.map(({ key, queue }) => `${key} ${say(queue.text)}`).join(' · '),
          })}{' '}
          {routed.appliances.map(({ id }) => (
            <Anchor key={id} component={Link} to={`/file?code=${encodeURIComponent(id)}`} size="sm" mr="xs">
              {id}
            </Anchor>
          ))}
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }} spacing="md">
        {data?.items.map((queue) => (
          <Card key={queue.id} withBorder padding="md">
            <Group justify="space-between" gap="xs" mb="xs" wrap="nowrap">
              <Text fw={600}>{say(queue.text)}</Text>
              <Badge variant="light" style={{ flexShrink: 0 }}>
                {queue.tickets.length}
              </Badge>
            </Group>
            {queue.tickets.slice(0, SHOWN).map(({ id, number, state, dueAt }) => (
              <Text key={id} size="sm">
                <Anchor component={Link} to={`/tickets/${id}`} size="sm">
                  {number}
                </Anchor>{' '}
                {t(`ticketState.${state}`)} {dueAt !== undefined && <When at={dueAt} />}
              </Text>
            ))}
          </Card>
        ))}
      </SimpleGrid>
    </Stack>
  )
}
