import { Button, Checkbox, Modal, Select, Stack, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { type Ticket, useCall } from '../../api.ts'
import { quantity, When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Panel } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

/** What the appliance showed when it was told to test itself, and what that made of what was believed. */
export function TestCard({ ticket }: { ticket: Ticket }) {
  const { t, say, lang } = useWords()
  const names = useNames()
  const { test } = ticket
  if (!test) return null
  const spec = names.catalog?.items.find(({ kind }) => kind === ticket.kind)?.tests[test.test]
  const mode = (of: { failureMode: string } | undefined) => (of ? names.mode(ticket.kind, of.failureMode) : '—')
  return (
    <Panel title={t('activeTest.title', { test: say(spec?.text, test.test) })}>
      <Text size="sm" c="dimmed" mb="xs">
        {test.endedAt === undefined ? t('activeTest.running') : t(`activeTest.results.${test.result ?? 'failed'}`)} ·{' '}
        <When at={test.endedAt ?? test.sentAt} />
      </Text>
      {test.realAfter !== undefined && (
        <Text size="sm" mb="xs">
          {t('activeTest.changed', {
            before: Math.round(test.real * 100),
            after: Math.round(test.realAfter * 100),
            was: mode(test.leading),
            is: test.realAfter > 0.5 ? mode(test.leadingAfter) : t('activeTest.nothing'),
          })}
        </Text>
      )}
      {test.measured && spec && (
        <Table verticalSpacing={2}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('activeTest.measure')}</Table.Th>
              <Table.Th ta="right">{t('activeTest.measured')}</Table.Th>
              <Table.Th ta="right">{t('activeTest.sound')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {Object.entries(test.measured).map(([name, value]) => {
              const measure = spec.measures[name]
              const [mean, deviation] = spec.sound[name] ?? []
              return (
                <Table.Tr key={name}>
                  <Table.Td>{say(measure?.text, name)}</Table.Td>
                  <Table.Td ta="right">{quantity(value, measure?.unit ?? '1', lang)}</Table.Td>
                  <Table.Td ta="right">
                    {mean === undefined || deviation === undefined ? '—' : `${mean} ± ${deviation}`}
                  </Table.Td>
                </Table.Tr>
              )
            })}
          </Table.Tbody>
        </Table>
      )}
      <Text size="xs" c="dimmed" mt="xs">
        {say(spec?.safe)}
      </Text>
    </Panel>
  )
}

/** The tests that this appliance says it can run, as the catalog describes them. */
export function useTests({ appliance, kind }: Ticket, isAsked: boolean) {
  const names = useNames()
  const { data } = useCall('GET /api/appliances/:id', isAsked ? { id: appliance } : null)
  const known = names.kindOf(kind)?.tests ?? {}
  return (data?.id === appliance ? (data.tests ?? []) : []).flatMap((test) => {
    const spec = known[test]
    return spec ? [{ test, spec }] : []
  })
}

/** Before anybody goes, the appliance is told to show what is wrong with it; where that uses water or heat, its owner agrees. */
export function RunTest({ ticket, opened, close }: { ticket: Ticket; opened: boolean; close: () => void }) {
  const { t, say } = useWords()
  const { act, busy } = useAction()
  const tests = useTests(ticket, opened)
  const [chosen, choose] = useState<string | null>(null)
  const [ownerAgreed, agree] = useState(false)
  const one = tests.find(({ test }) => test === chosen) ?? tests[0]
  const mustAgree = one?.spec.consent === 'owner'
  const run = async () => {
    if (!one) return
    const body = { test: one.test, ownerAgreed: mustAgree && ownerAgreed }
    if (await act('POST /api/tickets/:id/test', { id: ticket.id }, body, t('activeTest.sent'))) close()
  }
  return (
    <Modal opened={opened} onClose={close} title={t('activeTest.run')}>
      <Stack>
        <Select
          label={t('activeTest.which')}
          data={tests.map(({ test, spec }) => ({
            value: test,
            label: `${say(spec.text)} (${t('common.minutes', { count: spec.minutes })})`,
          }))}
          value={one?.test ?? null}
          onChange={choose}
          allowDeselect={false}
        />
        <Text size="sm">{say(one?.spec.safe)}</Text>
        {mustAgree && (
          <Checkbox
            label={t('activeTest.ownerAgreed')}
            checked={ownerAgreed}
            onChange={(event) => agree(event.currentTarget.checked)}
          />
        )}
        <Button loading={busy} disabled={!one || (mustAgree && !ownerAgreed)} onClick={() => void run()}>
          {t('activeTest.run')}
        </Button>
      </Stack>
    </Modal>
  )
}
