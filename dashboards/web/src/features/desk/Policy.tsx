import {
  Anchor,
  Button,
  Code,
  Drawer,
  Group,
  JsonInput,
  Modal,
  Select,
  Skeleton,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useState } from 'react'
import { type Answer, useCall } from '../../api.ts'
import { brief } from '../../components/brief.ts'
import { When } from '../../components/format.tsx'
import { type Column, Listing } from '../../components/Listing.tsx'
import { Failure, Page } from '../../components/Page.tsx'
import { money } from '../../components/plainText.ts'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'

type Rule = Answer<'GET /api/policy'>['rules'][number]

/** Which rules does the desk follow, since when, and what would another one have meant? */
export default function Policy() {
  const { t } = useWords()
  const { data, error, refetch } = useCall('GET /api/policy', {})
  const [changing, change] = useState<string>()
  const [reading, read] = useState<string>()
  const names = useRuleName()
  const columns = useColumns({ read, change })
  const found = (rule: string | undefined) => data?.rules.find((one) => one.rule === rule)
  return (
    <Page title={t('nav.policy')}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={400} />}
      {data && (
        <>
          <Text size="sm" c="dimmed" maw={760}>
            {t('policy.hint')} {t('policy.version', { version: data.version })}.
          </Text>
          <Listing
            name="policy"
            rows={data.rules}
            keyOf={({ rule }) => rule}
            empty={t('policy.hint')}
            columns={columns}
          />
        </>
      )}
      <Drawer
        opened={!!reading}
        onClose={() => read(undefined)}
        position="right"
        size="lg"
        title={`${names(reading ?? '')}: ${t('policy.history')}`}
      >
        {reading && <History rule={found(reading)} />}
      </Drawer>
      <Modal
        opened={!!changing}
        onClose={() => change(undefined)}
        title={t('policy.changeOf', { rule: names(changing ?? '') })}
        size="lg"
      >
        {changing && data && (
          <ChangeRule
            key={changing}
            rule={found(changing) as Rule}
            scopes={data.scopes}
            done={() => change(undefined)}
          />
        )}
      </Modal>
    </Page>
  )
}

/** @param opened what a click opens: the rows of a rule, and the form of its change */
function useColumns(opened: { read: (rule: string) => void; change: (rule: string) => void }): Column<Rule>[] {
  const { t, say } = useWords()
  const names = useRuleName()
  const { read, change } = opened
  return [
    { key: 'name', label: t('policy.rule'), value: ({ rule }) => names(rule) },
    {
      key: 'value',
      label: t('policy.value'),
      value: ({ value }) => JSON.stringify(value),
      render: ({ value }) => (
        <Text size="sm" lineClamp={2} maw={420} style={{ overflowWrap: 'anywhere' }}>
          {brief(value, say)}
        </Text>
      ),
    },
    {
      key: 'since',
      label: t('policy.since'),
      value: ({ rows, inForce }) => rows.find(({ seq }) => seq === inForce)?.validFrom,
      render: ({ rows, inForce }) => {
        const row = rows.find(({ seq }) => seq === inForce)
        return row?.validFrom ? <When at={row.validFrom} /> : t('policy.shipped')
      },
    },
    {
      key: 'rows',
      label: t('policy.rows'),
      isNumber: true,
      value: ({ rows }) => rows.length,
      render: ({ rule, rows }) => (
        <Anchor
          component="button"
          size="sm"
          aria-label={`${rows.length}: ${names(rule)}, ${t('policy.history')}`}
          onClick={() => read(rule)}
        >
          {rows.length}
        </Anchor>
      ),
    },
    {
      key: 'change',
      label: '',
      value: () => undefined,
      render: ({ rule }) => (
        <Allowed to="policy.whatIf">
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('policy.changeOf', { rule: names(rule) })}
            onClick={() => change(rule)}
          >
            {t('policy.change')}
          </Button>
        </Allowed>
      ),
    },
  ]
}

/** Every row that a rule has had, with who wrote it and why. */
function History({ rule }: { rule: Rule | undefined }) {
  const { t } = useWords()
  return (
    <Stack gap="md">
      {rule?.rows.map((row) => (
        <div key={row.seq}>
          <Text size="sm" fw={600}>
            {row.seq} · {row.scope === 'everyone' ? t('policy.everyone') : row.scope}
            {row.seq === rule?.inForce ? ' ✓' : ''}
          </Text>
          <Text size="xs" c="dimmed">
            {row.why === 'as shipped' ? t('policy.shipped') : row.why} · {row.by.replace('user:', '')} ·{' '}
            {row.validFrom > 0 && <When at={row.validFrom} />}
            {row.validUntil !== undefined && (
              <>
                {' – '}
                <When at={row.validUntil} />
              </>
            )}
          </Text>
          <Code block mah={220}>
            {JSON.stringify(row.value, null, 1)}
          </Code>
        </div>
      ))}
    </Stack>
  )
}

function useRuleName(): (rule: string) => string {
  const { t } = useWords()
  return (rule) => (rule ? t(`policy.rules.${rule}` as 'policy.rules.visitHours') : '')
}

const parse = (text: string): { value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

type WhatIfView = Answer<'POST /api/policy/what-if'>

function ChangeRule({ rule, scopes, done }: { rule: Rule; scopes: readonly string[]; done: () => void }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [text, setText] = useState(JSON.stringify(rule.value, null, 1))
  const [scope, setScope] = useState<string | null>('everyone')
  const [from, setFrom] = useState('')
  const [until, setUntil] = useState('')
  const [why, setWhy] = useState('')
  const [seen, see] = useState<WhatIfView>()
  const parsed = parse(text)
  const change = { scope, value: parsed?.value }
  const times = {
    ...(from ? { validFrom: new Date(from).getTime() } : {}),
    ...(until ? { validUntil: new Date(until).getTime() } : {}),
  }
  return (
    <Stack>
      <JsonInput
        label={t('policy.value')}
        value={text}
        onChange={setText}
        autosize
        minRows={1}
        maxRows={16}
        error={parsed ? undefined : t('policy.notJson')}
        data-autofocus
      />
      <WhereAndWhen {...{ scopes, scope, setScope, from, setFrom, until, setUntil }} />
      <TextInput label={t('common.why')} value={why} onChange={(event) => setWhy(event.currentTarget.value)} />
      <Group>
        <Allowed to="policy.change">
          <Button
            loading={busy}
            disabled={!parsed || !why.trim()}
            onClick={() =>
              void act(
                'PUT /api/policy/:rule',
                { rule: rule.rule },
                { ...change, ...times, why: why.trim() },
                t('common.saved'),
              ).then((saved) => saved !== undefined && done())
            }
          >
            {t('common.save')}
          </Button>
        </Allowed>
        <Button
          variant="default"
          loading={busy}
          disabled={!parsed}
          onClick={() =>
            void act('POST /api/policy/what-if', {}, { changes: [{ rule: rule.rule, ...change }] }).then(
              (answer) => answer && see(answer),
            )
          }
        >
          {t('policy.whatIf')}
        </Button>
      </Group>
      {seen ? <Replayed answer={seen} /> : <Text size="xs">{t('policy.whatIfHint')}</Text>}
    </Stack>
  )
}

/** For whom, from when, until when. */
function WhereAndWhen(props: {
  scopes: readonly string[]
  scope: string | null
  setScope: (scope: string | null) => void
  from: string
  setFrom: (from: string) => void
  until: string
  setUntil: (until: string) => void
}) {
  const { t } = useWords()
  const { scopes, scope, setScope, from, setFrom, until, setUntil } = props
  return (
    <Group grow align="flex-start">
      <Select
        label={t('policy.scope')}
        data={scopes.map((value) => ({ value, label: value === 'everyone' ? t('policy.everyone') : value }))}
        value={scope}
        onChange={setScope}
        allowDeselect={false}
      />
      <TextInput
        type="datetime-local"
        label={t('policy.validFrom')}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        type="datetime-local"
        label={t('policy.validUntil')}
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
    </Group>
  )
}

function Replayed({ answer }: { answer: WhatIfView }) {
  const { t, lang } = useWords()
  return (
    <div>
      <Title order={3}>{t('policy.replayed', { count: answer.tickets })}</Title>
      {answer.more && <Text size="xs">{t('policy.replayedMore')}</Text>}
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('policy.clock')}</Table.Th>
            <Table.Th ta="right">{t('policy.asItWas')}</Table.Th>
            <Table.Th ta="right">{t('policy.withChange')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {answer.clocks.map((clock) => (
            <Table.Tr key={clock.name}>
              <Table.Td>{t(`ticket.clocks.${clock.name}` as 'ticket.clocks.visit')}</Table.Td>
              <Table.Td ta="right">
                {clock.breachedThen} / {clock.tickets}
              </Table.Td>
              <Table.Td ta="right">
                {clock.breachedWith} / {clock.tickets}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {answer.visits.predicted > 0 && (
        <Text size="sm" mt="xs">
          {t('policy.visits', answer.visits)}
        </Text>
      )}
      <Text size="sm" mt="xs">
        {t('policy.billed', {
          was: money(answer.billedCentsThen, lang),
          would: money(answer.billedCentsWith, lang),
        })}
      </Text>
      {answer.belowGradeWith.length > 0 && (
        <Text size="sm" c="var(--late)">
          {t('policy.belowGrade', { count: answer.belowGradeWith.length })}
        </Text>
      )}
    </div>
  )
}
