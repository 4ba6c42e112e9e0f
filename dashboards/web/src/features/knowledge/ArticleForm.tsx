import { Button, Group, Modal, MultiSelect, Select, Stack, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type Article, type Text, useCatalog } from '../../api.ts'
import { useNames } from '../../components/names.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'
import { languageIn, languages, written } from '../../words/language.ts'

const audiences = ['owner', 'agent', 'engineer'] as const
const LONGEST_TITLE = 200
const LONGEST_TEXT = 5_000

/** A new article, or a new version of one; its languages stand side by side. */
export function ArticleForm({ article, close }: { article?: Article; close: () => void }) {
  const { t, say, lang } = useWords()
  const names = useNames()
  const { data: catalog } = useCatalog()
  const { act, busy } = useAction()
  const [kind, setKind] = useState(article?.kind ?? 'fridge')
  const [modes, setModes] = useState<string[]>([...(article?.modes ?? [])])
  const [models, setModels] = useState<string[]>([...(article?.models ?? [])])
  const [audience, setAudience] = useState(article?.audience ?? 'owner')
  const [title, setTitle] = useState<Text>(article?.title ?? { en: '', zh: '' })
  const [text, setText] = useState<Text>(article?.text ?? { en: '', zh: '' })
  const isWhole = [title.en, title.zh, text.en, text.zh].every((one) => one.trim() !== '')
  const send = async () => {
    const body = { kind, modes, models, audience, title, text }
    const said = t('knowledge.saved')
    const sent = article
      ? await act('PUT /api/articles/:id', { id: article.id }, body, said)
      : await act('POST /api/articles', {}, body, said)
    if (sent) close()
  }
  return (
    <Modal opened onClose={close} size="xl" title={t(article ? 'knowledge.edit' : 'knowledge.write')}>
      <Stack gap="sm">
        <Group gap="sm" grow>
          <Select
            label={t('knowledge.kind')}
            data={catalog?.items.map((one) => ({ value: one.kind, label: say(one.name) })) ?? []}
            value={kind}
            onChange={(value) => {
              setKind(value ?? kind)
              setModes([])
            }}
          />
          <Select
            label={t('knowledge.audience')}
            data={audiences.map((value) => ({ value, label: t(`knowledge.audiences.${value}`) }))}
            value={audience}
            onChange={(value) => setAudience(audiences.find((one) => one === value) ?? audience)}
          />
        </Group>
        <MultiSelect
          label={t('knowledge.modes')}
          data={Object.keys(names.kindOf(kind)?.failureModes ?? {}).map((mode) => ({
            value: mode,
            label: names.mode(kind, mode),
          }))}
          value={modes}
          onChange={setModes}
        />
        <TagsInput label={t('knowledge.models')} value={models} onChange={setModels} />
        {languages.map((language) => (
          <Stack gap="sm" key={language}>
            <TextInput
              label={t('knowledge.titleIn', { language: languageIn(lang, language) })}
              lang={language}
              maxLength={LONGEST_TITLE}
              value={title[language] ?? ''}
              onChange={(event) => setTitle({ ...title, [language]: written(language, event.currentTarget.value) })}
            />
            <Textarea
              label={t('knowledge.textIn', { language: languageIn(lang, language) })}
              lang={language}
              maxLength={LONGEST_TEXT}
              autosize
              minRows={3}
              value={text[language] ?? ''}
              onChange={(event) => setText({ ...text, [language]: written(language, event.currentTarget.value) })}
            />
          </Stack>
        ))}
        <Button loading={busy} disabled={!isWhole} onClick={() => void send()}>
          {t('common.save')}
        </Button>
      </Stack>
    </Modal>
  )
}
