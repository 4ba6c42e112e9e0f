import { Button, Group, MultiSelect, NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { type Text, useCall, useCatalog } from '../../api.ts'
import { unitText } from '../../components/format.tsx'
import { useWords } from '../../words/index.ts'
import { type Clause, type RuleBody, type StateClause, type ValueClause, whenOf, without } from './ruleDraft.ts'

const MOST_CLAUSES = 4
type When = RuleBody['when']
interface Field<T> {
  value: T
  change: (value: T) => void
}

/** What the rule looks at, and what must be so. */
export function RuleConditions({ kind, value: when, change }: Field<When> & { kind: string }) {
  const { t, say } = useWords()
  const spec = useCatalog().data?.items.find((one) => one.kind === kind)
  const { data: words } = useCall('GET /api/rules/words', { kind })
  const first = {
    metric: spec?.metricNames[0] ?? '',
    feature: words?.features[0]?.name ?? '',
    cycle: words?.cycles[0]?.name ?? '',
  }
  const named = (all: readonly { name: string; text: Text }[] | undefined) =>
    (all ?? []).map(({ name, text }) => ({ value: name, label: say(text) }))
  return (
    <Stack gap="xs">
      <Select
        size="xs"
        w={200}
        label={t('rules.about')}
        data={(['reading', 'feature', 'cycle', 'event'] as const).map((of) => ({
          value: of,
          label: t(`rules.abouts.${of}`),
        }))}
        value={when.of}
        onChange={(of) => of && change(whenOf(of as When['of'], first))}
        allowDeselect={false}
      />
      {when.of === 'reading' && <Clauses kind={kind} value={when.all} change={(all) => change({ ...when, all })} />}
      {when.of === 'feature' && (
        <Group gap="xs" align="flex-end">
          <Select
            size="xs"
            label={t('rules.feature')}
            searchable
            data={named(words?.features)}
            value={when.feature}
            onChange={(feature) => feature && change({ ...when, feature })}
          />
          <Limit value={when} change={change} unit={words?.features.find(({ name }) => name === when.feature)?.unit} />
        </Group>
      )}
      {when.of === 'cycle' && (
        <Group gap="xs" align="flex-end">
          <Select
            size="xs"
            label={t('rules.cycle')}
            data={named(words?.cycles)}
            value={when.cycle}
            onChange={(cycle) => cycle && change({ ...when, cycle })}
          />
          <Limit value={when} change={change} unit="min" />
        </Group>
      )}
      {when.of === 'event' && <Events value={when} change={change} />}
    </Stack>
  )
}

function Events({ value: when, change }: Field<Extract<When, { of: 'event' }>>) {
  const { t } = useWords()
  return (
    <Group gap="xs" align="flex-end">
      <TextInput
        size="xs"
        label={t('rules.eventType')}
        value={when.type}
        onChange={({ currentTarget }) => change({ ...when, type: currentTarget.value })}
      />
      <TextInput
        size="xs"
        label={t('rules.eventCode')}
        value={when.code ?? ''}
        onChange={({ currentTarget: { value: code } }) => change(code ? { ...when, code } : without(when, 'code'))}
      />
      <NumberInput
        size="xs"
        w={90}
        min={1}
        max={50}
        label={t('rules.times')}
        value={when.times}
        onChange={(times) => change({ ...when, times: Number(times) })}
      />
      <NumberInput
        size="xs"
        w={110}
        min={0.1}
        max={720}
        label={t('rules.withinHours')}
        value={when.withinHours}
        onChange={(withinHours) => change({ ...when, withinHours: Number(withinHours) })}
      />
    </Group>
  )
}

function Clauses({ kind, value: all, change }: Field<Clause[]> & { kind: string }) {
  const { t } = useWords()
  const spec = useCatalog().data?.items.find((one) => one.kind === kind)
  const states = spec?.stateNames.filter((name) => spec.states[name] !== 'text') ?? []
  const put = (place: number, clause: Clause) => change(all.map((one, i) => (i === place ? clause : one)))
  const add = (clause: Clause) => change([...all, clause])
  return (
    <Stack gap="xs">
      {all.map((clause, i) => (
        // Conditions are in order, and have no name
        <Group key={i} gap="xs" align="flex-end">
          {'metric' in clause ? (
            <Value kind={kind} value={clause} change={(one) => put(i, one)} />
          ) : (
            <State kind={kind} value={clause} change={(one) => put(i, one)} />
          )}
          {all.length > 1 && (
            <Button size="xs" variant="default" onClick={() => change(all.filter((_, place) => place !== i))}>
              {t('rules.remove')}
            </Button>
          )}
        </Group>
      ))}
      {all.length < MOST_CLAUSES && (
        <Group gap="xs">
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => add({ metric: spec?.metricNames[0] ?? '', op: 'above', limit: 0 })}
          >
            {t('rules.addValue')}
          </Button>
          {states[0] && (
            <Button size="compact-xs" variant="default" onClick={() => add({ state: states[0] ?? '', is: [] })}>
              {t('rules.addState')}
            </Button>
          )}
        </Group>
      )}
    </Stack>
  )
}

function Value({ kind, value: clause, change }: Field<ValueClause> & { kind: string }) {
  const { t, say } = useWords()
  const spec = useCatalog().data?.items.find((one) => one.kind === kind)
  const metrics = (spec?.metricNames ?? []).map((name) => ({
    value: name,
    label: say(spec?.metrics[name]?.text, name),
  }))
  return (
    <>
      <Select
        size="xs"
        label={t('rules.metric')}
        searchable
        data={metrics}
        value={clause.metric}
        onChange={(metric) => metric && change({ ...clause, metric })}
      />
      {(['minus', 'over'] as const).map((which) => (
        <Select
          key={which}
          size="xs"
          w={150}
          label={t(`rules.${which}`)}
          placeholder={t('rules.nothing')}
          clearable
          searchable
          data={metrics}
          value={clause[which] ?? null}
          onChange={(metric) => change(metric ? { ...clause, [which]: metric } : without(clause, which))}
        />
      ))}
      <Limit value={clause} change={change} unit={clause.over ? undefined : spec?.metrics[clause.metric]?.unit} />
    </>
  )
}

function Limit<T extends { op: 'above' | 'below'; limit: number; release?: number | undefined }>({
  value,
  change,
  unit,
}: Field<T> & { unit?: string | undefined }) {
  const { t } = useWords()
  const suffix = unit ? ` ${unitText(unit)}` : ''
  return (
    <>
      <Select
        size="xs"
        w={100}
        label={t('rules.op')}
        data={(['above', 'below'] as const).map((op) => ({ value: op, label: t(`rules.ops.${op}`) }))}
        value={value.op}
        onChange={(op) => (op === 'above' || op === 'below') && change({ ...value, op })}
        allowDeselect={false}
      />
      <NumberInput
        size="xs"
        w={120}
        label={t('rules.limit')}
        suffix={suffix}
        value={value.limit}
        onChange={(limit) => limit !== '' && change({ ...value, limit: Number(limit) })}
      />
      <NumberInput
        size="xs"
        w={120}
        label={t('rules.release')}
        suffix={suffix}
        value={value.release ?? ''}
        onChange={(release) => change({ ...value, release: release === '' ? undefined : Number(release) })}
      />
    </>
  )
}

function State({ kind, value: clause, change }: Field<StateClause> & { kind: string }) {
  const { t } = useWords()
  const spec = useCatalog().data?.items.find((one) => one.kind === kind)
  const words = spec?.states[clause.state]
  return (
    <>
      <Select
        size="xs"
        label={t('rules.state')}
        data={spec?.stateNames.filter((name) => spec.states[name] !== 'text') ?? []}
        value={clause.state}
        onChange={(state) => state && change({ state, is: [] })}
      />
      <MultiSelect
        size="xs"
        miw={180}
        label={t('rules.words')}
        data={Array.isArray(words) ? words : []}
        value={clause.is}
        onChange={(is) => change({ ...clause, is })}
      />
    </>
  )
}
