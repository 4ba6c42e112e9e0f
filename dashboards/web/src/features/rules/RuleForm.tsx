import { Button, Group, NumberInput, Select, Stack, TagsInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useCatalog } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'
import { isAlwaysWritten, languageIn, languages, written } from '../../words/language.ts'
import { RuleConditions } from './RuleConditions.tsx'
import { emptyRule, type RuleBody, type WrittenRule, without } from './ruleDraft.ts'

/** A rule by form: a new one, or another version of one. `first`: what a new one begins with, where something was seen. */
export function RuleForm({
  known,
  first,
  done,
}: {
  known: WrittenRule | undefined
  first?: RuleBody | undefined
  done: (id: string) => void
}) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const { data: catalog } = useCatalog()
  const [id, setId] = useState(known?.id ?? '')
  const [kept, setRule] = useState<RuleBody | undefined>(known?.rule ?? first)
  const [kind] = catalog?.items ?? []
  const rule = kept ?? emptyRule(kind?.kind ?? '', kind?.metricNames[0] ?? '')
  const put = (change: Partial<RuleBody>) => setRule({ ...rule, ...change })
  const save = async () => {
    if (await act('PUT /api/rules/:id', { id }, rule, t('rules.saved'))) done(id)
  }
  return (
    <form
      aria-label={known ? known.id : t('rules.new')}
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Stack gap="sm">
        <Names id={id} setId={known ? undefined : setId} rule={rule} put={put} />
        <Scope rule={rule} put={put} setRule={setRule} />
        <RuleConditions kind={rule.scope.kind} value={rule.when} change={(when) => put({ when })} />
        <Timing rule={rule} put={put} setRule={setRule} />
        <Group>
          <Button type="submit" size="xs" loading={busy} disabled={!id}>
            {t('rules.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

type Put = (change: Partial<RuleBody>) => void

function Names({
  id,
  setId,
  rule,
  put,
}: {
  id: string
  setId: ((id: string) => void) | undefined
  rule: RuleBody
  put: Put
}) {
  const { t, lang } = useWords()
  return (
    <>
      {setId && (
        <TextInput
          size="xs"
          w={240}
          label={t('rules.id')}
          description={t('rules.idHint')}
          pattern="[a-z0-9][a-z0-9\-]{0,39}"
          value={id}
          onChange={({ currentTarget }) => setId(currentTarget.value)}
          required
        />
      )}
      <Group gap="xs" grow>
        {(['name', 'owner'] as const).flatMap((of) =>
          languages.map((language) => (
            <TextInput
              key={`${of}-${language}`}
              size="xs"
              label={t(`rules.${of}In`, { language: languageIn(lang, language) })}
              value={rule[of][language] ?? ''}
              onChange={({ currentTarget }) =>
                put({ [of]: { ...rule[of], [language]: written(language, currentTarget.value) } })
              }
              required={isAlwaysWritten(language)}
            />
          )),
        )}
      </Group>
    </>
  )
}

type SetRule = (rule: RuleBody) => void

function Scope({ rule, put, setRule }: { rule: RuleBody; put: Put; setRule: SetRule }) {
  const { t, say } = useWords()
  const { data: catalog } = useCatalog()
  const choose = (kind: string) => {
    const metric = catalog?.items.find((one) => one.kind === kind)?.metricNames[0] ?? ''
    const { when, scope } = emptyRule(kind, metric)
    // What another kind calls its own means nothing here.
    setRule({ ...without(rule, 'failureMode'), when, scope: { ...rule.scope, kind: scope.kind } })
  }
  return (
    <Group gap="xs" align="flex-start">
      <Select
        size="xs"
        w={140}
        label={t('rules.kind')}
        data={(catalog?.items ?? []).map(({ kind, name }) => ({ value: kind, label: say(name, kind) }))}
        value={rule.scope.kind}
        onChange={(kind) => kind && choose(kind)}
        allowDeselect={false}
      />
      {(['models', 'firmware', 'regions', 'appliances'] as const).map((which) => (
        <TagsInput
          key={which}
          size="xs"
          miw={150}
          label={t(`rules.${which}`)}
          // An area has a comma of its own
          splitChars={which === 'regions' ? [';'] : [',']}
          value={rule.scope[which]}
          onChange={(values) => put({ scope: { ...rule.scope, [which]: values } })}
        />
      ))}
    </Group>
  )
}

function Timing({ rule, put, setRule }: { rule: RuleBody; put: Put; setRule: SetRule }) {
  const { t, say } = useWords()
  const spec = useCatalog().data?.items.find((one) => one.kind === rule.scope.kind)
  const times = { hold: 'holdMinutes', clear: 'clearMinutes', hole: 'holeMinutes' } as const
  return (
    <Group gap="xs" align="flex-end">
      {(['hold', 'clear', 'hole'] as const).map((which) => (
        <NumberInput
          key={which}
          size="xs"
          w={190}
          min={which === 'hole' ? 5 : 0}
          max={10_080}
          label={t(`rules.${which}`)}
          value={rule[times[which]]}
          onChange={(value) => put({ [times[which]]: Number(value) })}
        />
      ))}
      <Select
        size="xs"
        w={120}
        label={t('rules.severity')}
        data={(['info', 'warning', 'critical'] as const).map((one) => ({ value: one, label: t(`severity.${one}`) }))}
        value={rule.severity}
        onChange={(severity) => severity && put({ severity: severity as RuleBody['severity'] })}
        allowDeselect={false}
      />
      <Select
        size="xs"
        w={200}
        label={t('rules.failureMode')}
        placeholder={t('rules.ownMode')}
        clearable
        data={Object.entries(spec?.failureModes ?? {}).map(([mode, { text }]) => ({
          value: mode,
          label: say(text, mode),
        }))}
        value={rule.failureMode ?? null}
        onChange={(failureMode) => setRule(failureMode ? { ...rule, failureMode } : without(rule, 'failureMode'))}
      />
    </Group>
  )
}
