import { Button, Group, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCatalog } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

const linesOf = (text: string): string[] => text.split('\n').flatMap((line) => line.trim() || [])

/** A new poll, in both languages: one option a line, in the same order. */
export function PollForm() {
  const { t, say } = useWords()
  const { data: catalog } = useCatalog()
  const { act, busy } = useAction()
  const [kind, setKind] = useState<string | null>('fridge')
  const [question, setQuestion] = useState({ en: '', zh: '' })
  const [options, setOptions] = useState({ en: '', zh: '' })
  const [en, zh] = [linesOf(options.en), linesOf(options.zh)]
  const isWhole = question.en.trim() !== '' && question.zh.trim() !== '' && en.length >= 2 && en.length === zh.length
  const send = async () => {
    const body = { kind, question, options: en.map((line, i) => ({ en: line, zh: zh[i] ?? line })) }
    if (await act('POST /api/polls', {}, body, t('common.saved'))) {
      setQuestion({ en: '', zh: '' })
      setOptions({ en: '', zh: '' })
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
      {(['en', 'zh'] as const).map((language) => (
        <Group key={language} gap="sm" grow align="flex-start">
          <TextInput
            label={t(language === 'en' ? 'members.questionEn' : 'members.questionZh')}
            lang={language}
            value={question[language]}
            onChange={(event) => setQuestion({ ...question, [language]: event.currentTarget.value })}
          />
          <Textarea
            label={t(language === 'en' ? 'members.optionsEn' : 'members.optionsZh')}
            lang={language}
            autosize
            value={options[language]}
            onChange={(event) => setOptions({ ...options, [language]: event.currentTarget.value })}
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
