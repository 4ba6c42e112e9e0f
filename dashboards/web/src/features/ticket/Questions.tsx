import { Button, Card, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../words/index.ts'

type Answers = Record<string, 'yes' | 'no' | 'unsure'>
interface Question {
  id: string
  text: { en: string; zh: string }
}

/** What an owner says on the telephone of what they see and hear. What is not touched is “I cannot tell”. */
export function Questions({
  questions,
  busy,
  send,
}: {
  questions: readonly Question[]
  busy: boolean
  send: (answers: Answers) => Promise<void>
}) {
  const { t, say } = useWords()
  const [said, setSaid] = useState<Answers>({})
  const all = Object.fromEntries(questions.map(({ id }) => [id, said[id] ?? 'unsure'])) satisfies Answers
  return (
    <Card withBorder padding="md" component="section" aria-label={t('ownerCheck.title')}>
      <Stack gap="md">
        <div>
          <Title order={2}>{t('ownerCheck.title')}</Title>
          <Text size="sm" c="dimmed">
            {t('ownerCheck.hint')}
          </Text>
        </div>
        {questions.map(({ id, text }) => (
          <Stack key={id} gap={6}>
            <Text id={`asked-${id}`}>{say(text)}</Text>
            <SegmentedControl
              fullWidth
              aria-labelledby={`asked-${id}`}
              disabled={busy}
              value={said[id] ?? 'unsure'}
              onChange={(value) => setSaid({ ...said, [id]: value === 'yes' || value === 'no' ? value : 'unsure' })}
              data={(['yes', 'no', 'unsure'] as const).map((value) => ({ value, label: t(`ownerCheck.${value}`) }))}
            />
          </Stack>
        ))}
        <Button size="lg" disabled={busy} onClick={() => void send(all)}>
          {t('ownerCheck.send')}
        </Button>
      </Stack>
    </Card>
  )
}
