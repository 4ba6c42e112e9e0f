import { Accordion, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type ReactNode, useState } from 'react'
import { type Answer, call, useCall } from '../../api.ts'
import { useWords } from '../../words/index.ts'
import { Steps } from '../knowledge/Steps.tsx'

type Items = Answer<'GET /api/t/:secret/articles'>['items']

/** On the page of a ticket: what its owner may try before somebody comes. */
export function TicketReading({ secret, refresh }: { secret: string; refresh: () => void }) {
  const { t } = useWords()
  const { data } = useCall('GET /api/t/:secret/articles', { secret })
  const [tried, setTried] = useState<ReadonlySet<string>>(new Set())
  if (!data || data.items.length === 0) return null
  const say = async (article: string, helped: boolean) => {
    await call('POST /api/t/:secret/articles/:article/tried', { secret, article }, { helped })
    setTried(new Set([...tried, article]))
    refresh()
  }
  return (
    <Stack gap="xs">
      <Title order={2}>{t('knowledge.ownerTitle')}</Title>
      <Reading
        items={data.items}
        below={(id) =>
          tried.has(id) ? (
            <Text size="sm" mt="sm">
              {t('knowledge.thanks')}
            </Text>
          ) : (
            <Group grow mt="sm">
              <Button variant="light" onClick={() => void say(id, true)}>
                {t('knowledge.helped')}
              </Button>
              <Button variant="default" onClick={() => void say(id, false)}>
                {t('knowledge.notHelped')}
              </Button>
            </Group>
          )
        }
      />
    </Stack>
  )
}

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

function Reading({ items, below }: { items: Items; below?: (id: string) => ReactNode }) {
  const { say } = useWords()
  return (
    <Accordion variant="separated" chevronPosition="left">
      {items.map(({ id, title, text }) => (
        <Accordion.Item key={id} value={id}>
          <Accordion.Control>{say(title)}</Accordion.Control>
          <Accordion.Panel>
            <Steps text={say(text)} />
            {below?.(id)}
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  )
}
