import { Accordion, Button, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { type Answer, call, useCall } from '../../api.ts'
import { useWords } from '../../words/index.ts'
import { Steps } from '../knowledge/Steps.tsx'

type Items = Answer<'GET /api/o/:secret/articles'>['items']

/** Before a report: what there is to read of this appliance. */
export function ApplianceReading({ secret }: { secret: string }) {
  const { t } = useWords()
  const [words, setWords] = useState('')
  const [q] = useDebouncedValue(words.trim(), 300)
  const { data } = useCall('GET /api/o/:secret/articles', { secret, q: q || undefined })
  return (
    <Stack gap="xs">
      <Title order={2}>{t('knowledge.ownerRead')}</Title>
      <TextInput
        aria-label={t('knowledge.search')}
        placeholder={t('knowledge.ownerSearch')}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      {data?.assistant && q.length > 0 && <Ask secret={secret} question={q} />}
      {data && <Reading items={data.items} />}
      {data?.items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('common.nothingMatches')}
        </Text>
      )}
    </Stack>
  )
}

/** A question in full, to the assistant that is set up here; it answers from articles, or not at all. */
function Ask({ secret, question }: { secret: string; question: string }) {
  const { t, lang } = useWords()
  const [answer, set] = useState<Answer<'POST /api/o/:secret/ask'>>()
  const [isAway, setAway] = useState(false)
  const [busy, setBusy] = useState(false)
  const ask = async () => {
    setBusy(true)
    setAway(false)
    try {
      set(await call('POST /api/o/:secret/ask', { secret }, { question, language: lang }))
    } catch {
      // It is one way to an answer; the articles below are another.
      setAway(true)
    }
    setBusy(false)
  }
  return (
    <Stack gap="xs">
      <Button variant="light" loading={busy} onClick={() => void ask()}>
        {t('knowledge.ask')}
      </Button>
      <Text size="xs" c="dimmed">
        {t('knowledge.askHint')}
      </Text>
      {isAway && <Text size="sm">{t('knowledge.askAway')}</Text>}
      {answer && (
        <div aria-live="polite">
          <Text style={{ whiteSpace: 'pre-line' }}>{answer.text ?? t('knowledge.askNothing')}</Text>
          <Reading items={answer.text ? answer.cites : answer.found} />
        </div>
      )}
    </Stack>
  )
}

function Reading({ items }: { items: Items }) {
  const { say } = useWords()
  return (
    <Accordion variant="separated" chevronPosition="left">
      {items.map(({ id, title, text }) => (
        <Accordion.Item key={id} value={id}>
          <Accordion.Control>{say(title)}</Accordion.Control>
          <Accordion.Panel>
            <Steps text={say(text)} />
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  )
}
