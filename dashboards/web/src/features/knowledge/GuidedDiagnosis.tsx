import { Anchor, Button, Card, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Answer, useCall } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'
import { Steps } from './Steps.tsx'

type Diagnosis = Answer<'POST /api/diagnoses/:id/answers'>

/** An agent with a caller: one question after another, each answer one tap. */
export function GuidedDiagnosis({ appliance }: { appliance: string }) {
  const { t, say } = useWords()
  const { act, busy } = useAction()
  const { data } = useCall('GET /api/appliances/:id/diagnoses', { id: appliance })
  const [now, set] = useState<Diagnosis>()
  const article = now?.article
  const { data: guide } = useCall('GET /api/articles/:id', article ? { id: article } : null)
  if (!data?.isGuided) return null
  const begin = () => void act('POST /api/appliances/:id/diagnoses', { id: appliance }, {}).then(set)
  const answer = async (diagnosis: Diagnosis, chosen: string) => {
    const next = await act(
      'POST /api/diagnoses/:id/answers',
      { id: diagnosis.id },
      { node: diagnosis.node, answer: chosen },
    )
    if (next) set(next)
  }
  return (
    <Card withBorder padding="md">
      <Title order={2} mb="xs">
        {t('diagnosis.title')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('diagnosis.hint')}
      </Text>
      <Stack gap="sm" aria-live="polite">
        {now?.steps.map(({ node, ask, said }) => (
          <Text key={node} size="sm" c="dimmed">
            {say(ask)} — {say(said)}
          </Text>
        ))}
        {now?.ask && <Text fw={600}>{say(now.ask)}</Text>}
        {article && guide?.id === article && (
          <div>
            <Text size="sm" fw={500}>
              {t('diagnosis.tryThis', { title: say(guide.title) })}
            </Text>
            <Steps text={say(guide.text)} />
          </div>
        )}
        {now?.answers.map(({ id, text }) => (
          <Button key={id} variant="light" justify="flex-start" disabled={busy} onClick={() => void answer(now, id)}>
            {say(text)}
          </Button>
        ))}
        {now?.outcome && <Text fw={600}>{t(`diagnosis.${now.outcome}`)}</Text>}
        {now?.ticket && (
          <Anchor component={Link} to={`/tickets/${now.ticket}`}>
            {t('diagnosis.openTicket')}
          </Anchor>
        )}
        {(!now || now.outcome) && (
          <Button loading={busy} onClick={begin} style={{ alignSelf: 'flex-start' }}>
            {t(now ? 'diagnosis.again' : 'diagnosis.begin')}
          </Button>
        )}
      </Stack>
    </Card>
  )
}
