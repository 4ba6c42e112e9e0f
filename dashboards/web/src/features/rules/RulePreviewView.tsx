import { Anchor, Table, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { number } from '../../components/format.tsx'
import { exactTime, money } from '../../components/plainText.ts'
import { useWords } from '../../words/index.ts'
import type { WrittenRule } from './ruleDraft.ts'

const DAY = 86_400_000
const SHOWN = 10

/** What the rule would have done over what is stored. */
export function RulePreviewView({ preview }: { preview: NonNullable<WrittenRule['preview']> }) {
  const { t, lang } = useWords()
  const { firings, fired, appliances, covered, costCents, rows, tookMs, examples } = preview
  const days = Math.round((preview.to - preview.from) / DAY)
  return (
    <div>
      <Text size="sm" mt="xs" fw={500}>
        {t(firings > 0 ? 'rules.would' : 'rules.wouldNot', { days, firings, fired, appliances })}{' '}
        {firings > 0 && t('rules.covered', { covered })}{' '}
        {costCents > 0 && t('rules.cost', { cost: money(costCents, lang) })}
      </Text>
      <Text size="xs" c="dimmed">
        {t('rules.took', { rows: number(rows, lang, 0), ms: number(tookMs, lang, 0) })}
      </Text>
      {examples.length > 0 && (
        <Table.ScrollContainer minWidth={360}>
          <Table verticalSpacing={2}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('rules.when')}</Table.Th>
                <Table.Th>{t('rules.appliance')}</Table.Th>
                <Table.Th>{t('rules.seen')}</Table.Th>
                <Table.Th>{t('rules.alreadySaid')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {examples.slice(0, SHOWN).map((one) => (
                <Table.Tr key={`${one.appliance}/${one.at}`}>
                  <Table.Td>{exactTime(one.at, lang)}</Table.Td>
                  <Table.Td>
                    <Anchor component={Link} to={`/appliances/${one.appliance}`} size="sm">
                      {one.appliance}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>{number(one.observed, lang)}</Table.Td>
                  <Table.Td>{one.covered ? '✓' : '—'}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </div>
  )
}
