import { Table, Text } from '@mantine/core'
import type { Ticket } from '../../api.ts'
import { quantity, When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Panel } from '../../components/Page.tsx'
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
