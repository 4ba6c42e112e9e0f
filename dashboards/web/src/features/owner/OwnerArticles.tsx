import { Accordion, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { type Answer, call, useCall } from '../../api.ts'
import { useWords } from '../../words/index.ts'
import { AskAssistant } from '../knowledge/AskAssistant.tsx'
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
      {data?.assistant && q.length > 0 && (
        <AskAssistant
          ask={(language) => call('POST /api/o/:secret/ask', { secret }, { question: q, language })}
          nothing={t('knowledge.askNothing')}
          reading={(items) => <Reading items={items} />}
        />
      )}
      {data && <Reading items={data.items} />}
      {data?.items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('common.nothingMatches')}
        </Text>
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
