import { Button, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useWords } from '../../words/index.ts'
import type { Language } from '../../words/language.ts'

interface Said<Item> {
  text?: string | undefined
  /** What it answers from. */
  cites: readonly Item[]
  /** What the search found, where it answers nothing. */
  found: readonly Item[]
}

/** A question in full, to the assistant that is set up here; it answers from articles, or not at all. */
export function AskAssistant<Item>({
  ask,
  nothing,
  reading,
}: {
  ask: (language: Language) => Promise<Said<Item>>
  /** What to do where the articles do not answer it. */
  nothing: string
  reading: (items: readonly Item[]) => ReactNode
}) {
  const { t, lang } = useWords()
  const [answer, set] = useState<Said<Item>>()
  const [isAway, setAway] = useState(false)
  const [busy, setBusy] = useState(false)
  const send = async () => {
    setBusy(true)
    setAway(false)
    try {
      set(await ask(lang))
    } catch {
      // It is one way to an answer; the articles below are another.
      setAway(true)
    }
    setBusy(false)
  }
  return (
    <Stack gap="xs">
      <Button variant="light" loading={busy} onClick={() => void send()}>
        {t('knowledge.ask')}
      </Button>
      <Text size="xs" c="dimmed">
        {t('knowledge.askHint')}
      </Text>
      {isAway && <Text size="sm">{t('knowledge.askAway')}</Text>}
      {answer && (
        <div aria-live="polite">
          <Text style={{ whiteSpace: 'pre-line' }}>{answer.text ?? nothing}</Text>
          {reading(answer.text ? answer.cites : answer.found)}
        </div>
      )}
    </Stack>
  )
}
