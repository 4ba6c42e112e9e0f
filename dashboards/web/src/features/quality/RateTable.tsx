import { Table, Text, UnstyledButton } from '@mantine/core'
import { number } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'
import type { TrendRow } from './HeatMap.tsx'

/** Each failure mode in each group, ranked by the lower bound: what is surely too much comes first. */
export function RateTable({
  rows,
  groupName,
  open,
}: {
  rows: readonly TrendRow[]
  groupName: string
  open: (row: TrendRow) => void
}) {
  const { t, lang } = useWords()
  const names = useNames()
  const end = Math.max(1, ...rows.map(({ interval }) => interval?.[1] ?? 0))
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table verticalSpacing={5} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{groupName}</Table.Th>
            <Table.Th>{t('common.failureMode')}</Table.Th>
            <Table.Th ta="right">{t('trends.confirmed')}</Table.Th>
            <Table.Th ta="right">{t('trends.open')}</Table.Th>
            <Table.Th ta="right">{t('trends.years')}</Table.Th>
            <Table.Th w={240}>{t('trends.rate')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={`${row.group.join('/')}/${row.failureMode}`}>
              <Table.Td>{row.group.join(' · ')}</Table.Td>
              <Table.Td>
                <UnstyledButton fz="sm" td="underline" onClick={() => open(row)}>
                  {names.anyMode(row.failureMode)}
                </UnstyledButton>
              </Table.Td>
              <Table.Td ta="right">{row.confirmed}</Table.Td>
              <Table.Td ta="right">{row.open}</Table.Td>
              <Table.Td ta="right">{number(row.applianceYears, lang, 1)}</Table.Td>
              <Table.Td>
                {row.rate === null || !row.interval ? (
                  <Text size="xs" c="dimmed" className="too-few">
                    {t('trends.tooFew')}
                  </Text>
                ) : (
                  <>
                    <div className="life" aria-hidden>
                      <div
                        className="life-bar"
                        style={{
                          left: `${(100 * row.interval[0]) / end}%`,
                          right: `${100 - (100 * row.interval[1]) / end}%`,
                        }}
                      />
                      <div className="life-notch" style={{ left: `${(100 * row.rate) / end}%` }} />
                    </div>
                    <Text size="xs">
                      {number(row.rate, lang, 1)} ({number(row.interval[0], lang, 1)} –{' '}
                      {number(row.interval[1], lang, 1)})
                    </Text>
                  </>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
