import { Button, Group, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type Text, useCatalog } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'
import { isAlwaysWritten, type Language, languageIn, languages, written } from '../../words/language.ts'

const linesOf = (text: string): string[] => text.split('\n').flatMap((line) => line.trim() || [])

const NOTHING: Text = { en: '', zh: '' }

/** A new poll, in each language: one option a line, in the same order. */
export function PollForm() {
  const { t, say, lang } = useWords()
  const { data: catalog } = useCatalog()
  const { act, busy } = useAction()
  const [kind, setKind] = useState<string | null>('fridge')
  const [question, setQuestion] = useState<Text>(NOTHING)
  const [options, setOptions] = useState<Text>(NOTHING)
  const asked = languages.filter((one) => isAlwaysWritten(one) || question[one]?.trim() || options[one]?.trim())
  const count = linesOf(options.en).length
  const isWhole =
    count >= 2 && asked.every((one) => question[one]?.trim() && linesOf(options[one] ?? '').length === count)
  const send = async () => {
    const option = (i: number): Text => {
      const of = (one: Language): string => linesOf(options[one] ?? '')[i] ?? ''
      return { en: of('en'), zh: of('zh'), ...Object.fromEntries(asked.map((one) => [one, of(one)])) }
    }
    const body = { kind, question, options: Array.from({ length: count }, (_, i) => option(i)) }
    if (await act('POST /api/polls', {}, body, t('common.saved'))) {
      setQuestion(NOTHING)
      setOptions(NOTHING)
    }
  }
  return (
    <Stack gap="sm" mt="md">
      <Select
        label={t('knowledge.kind')}
        data={catalog?.items.map((one) => ({ value: one.kind, label: say(one.name) })) ?? []}
        value={kind}
        onChange={setKind}
        w={200}
      />
      {languages.map((language) => (
        <Group key={language} gap="sm" grow align="flex-start">
          <TextInput
            label={t('members.questionIn', { language: languageIn(lang, language) })}
            lang={language}
            value={question[language] ?? ''}
            onChange={(event) => setQuestion({ ...question, [language]: written(language, event.currentTarget.value) })}
          />
          <Textarea
            label={t('members.optionsIn', { language: languageIn(lang, language) })}
            lang={language}
            autosize
            value={options[language] ?? ''}
            onChange={(event) => setOptions({ ...options, [language]: written(language, event.currentTarget.value) })}
          />
        </Group>
      ))}
      <Button
        loading={busy}
        disabled={!isWhole || !kind}
        onClick={() => void send()}
        style={{ alignSelf: 'flex-start' }}
      >
        {t('members.openPoll')}
      </Button>
    </Stack>
  )
}
