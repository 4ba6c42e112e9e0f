import { Button, Group, Select, Table, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type Answer, useCall, useCatalog } from '../../api.ts'
import { number } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Failure, Panel } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'

type Side = Answer<'GET /api/quality/effect'>['before']
const DAYS = 90

/** Did a change lower a failure mode? Before and after its day, beside those of the same kind and age that were not changed. */
export function Effect() {
  const { t, say } = useWords()
  const names = useNames()
  const { data: catalog } = useCatalog()
  const [kind, setKind] = useState<string | null>(null)
  const [mode, setMode] = useState<string | null>(null)
  const [day, setDay] = useState('')
  const [by, setBy] = useState<string | null>('firmware')
  const [value, setValue] = useState('')
  const [asked, ask] = useState<{ kind: string; failureMode: string; at: number; days: number }>()
  const { data, error } = useCall('GET /api/quality/effect', asked ?? null)
  const look = () => {
    if (!kind || !mode || !day) return
    ask({
      kind,
      failureMode: mode,
      at: new Date(day).getTime(),
      days: DAYS,
      ...(by && value.trim() ? { [by]: value.trim() } : {}),
    })
  }
  return (
    <Panel title={t('effect.title')}>
      <Group gap="sm" align="flex-end">
        <Select
          label={t('knowledge.kind')}
          data={catalog?.items.map((one) => ({ value: one.kind, label: say(one.name) })) ?? []}
          value={kind}
          onChange={(next) => {
            setKind(next)
            setMode(null)
          }}
          w={150}
        />
        <Select
          label={t('common.failureMode')}
          data={Object.keys((kind && names.kindOf(kind)?.failureModes) || {}).map((one) => ({
            value: one,
            label: names.mode(kind ?? '', one),
          }))}
          value={mode}
          onChange={setMode}
          w={220}
        />
        <TextInput
          type="date"
          label={t('effect.day')}
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
        />
        <Select
          label={t('effect.by')}
          data={(['firmware', 'batch', 'model'] as const).map((one) => ({ value: one, label: t(`effect.${one}`) }))}
          value={by}
          onChange={setBy}
          w={130}
        />
        <TextInput label={t('effect.value')} value={value} onChange={(event) => setValue(event.currentTarget.value)} />
        <Button disabled={!kind || !mode || !day} onClick={look}>
          {t('effect.look')}
        </Button>
      </Group>
      {error && asked && <Failure error={error} />}
      {data && asked && <Found effect={data} />}
    </Panel>
  )
}

function Found({ effect }: { effect: Answer<'GET /api/quality/effect'> }) {
  const { t, lang } = useWords()
  const ratio = (of: typeof effect.ratio) =>
    of === null
      ? t('effect.unknown')
      : t('effect.ratio', {
          ratio: number(of.ratio, lang, 2),
          low: number(of.interval[0], lang, 2),
          high: number(of.interval[1], lang, 2),
        })
  const row = (name: string, { failures, applianceYears, rate }: Side) => (
    <Table.Tr>
      <Table.Td>{name}</Table.Td>
      <Table.Td ta="right">{failures}</Table.Td>
      <Table.Td ta="right">{number(applianceYears, lang, 1)}</Table.Td>
      <Table.Td ta="right">{number(rate, lang, 3)}</Table.Td>
    </Table.Tr>
  )
  return (
    <>
      <Text fw={600} mt="md">
        {t(effect.lowered ? 'effect.lowered' : 'effect.notShown')}
      </Text>
      <Table verticalSpacing={4} my="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th />
            <Table.Th ta="right">{t('effect.failures')}</Table.Th>
            <Table.Th ta="right">{t('effect.years')}</Table.Th>
            <Table.Th ta="right">{t('effect.rate')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {row(t('effect.before'), effect.before)}
          {row(t('effect.after'), effect.after)}
          {row(t('effect.othersBefore'), effect.matched.before)}
          {row(t('effect.othersAfter'), effect.matched.after)}
        </Table.Tbody>
      </Table>
      <Text size="sm">{ratio(effect.ratio)}</Text>
      <Text size="sm">
        {t('effect.against', { count: effect.matched.appliances })} {ratio(effect.matched.ratio)}
      </Text>
    </>
  )
}
