import { Button, Group, Table, TextInput, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useWords } from '../words/index.ts'
import { downloadCsv } from './csv.ts'
import { Empty } from './Page.tsx'
import { useFilters } from './useFilters.ts'

export interface Column<T> {
  key: string
  label: string
  /** What it is sorted, found and exported by. */
  value: (row: T) => string | number | undefined
  render?: (row: T) => ReactNode
  /** Numbers stand at the right. */
  isNumber?: boolean
}

/** A table that can be searched, sorted, shared by its address, and exported. */
export function Listing<T>({
  name,
  rows,
  columns,
  keyOf,
  empty,
  tools,
}: {
  name: string
  rows: readonly T[]
  columns: Column<T>[]
  keyOf: (row: T) => string
  /** What will appear here, and how to make it appear. */
  empty: string
  tools?: ReactNode
}) {
  const { t } = useWords()
  const [{ q = '', sort = '' }, change] = useFilters<'q' | 'sort'>()
  const column = columns.find(({ key }) => key === sort.replace('-', ''))
  const found = rows.filter((row) =>
    columns.some(({ value }) =>
      String(value(row) ?? '')
        .toLowerCase()
        .includes(q.toLowerCase()),
    ),
  )
  const sorted = column ? found.toSorted((a, b) => compare(column.value(a), column.value(b))) : found
  if (sort.startsWith('-')) sorted.reverse()
  return (
    <>
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <TextInput
            size="xs"
            w={180}
            aria-label={t('common.filter')}
            placeholder={t('common.filter')}
            value={q}
            onChange={(event) => change({ q: event.currentTarget.value })}
          />
          {tools}
        </Group>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          disabled={sorted.length === 0}
          onClick={() =>
            downloadCsv(
              name,
              sorted.map((row) => Object.fromEntries(columns.map(({ key, value }) => [key, value(row)]))),
            )
          }
        >
          {t('common.export')}
        </Button>
      </Group>
      {sorted.length === 0 ? (
        <Empty>{rows.length === 0 ? empty : t('common.nothingMatches')}</Empty>
      ) : (
        <Table.ScrollContainer minWidth={Math.min(720, columns.length * 110)}>
          <Table highlightOnHover verticalSpacing={5}>
            <Heads columns={columns} />
            <Table.Tbody>
              {sorted.map((row) => (
                <Table.Tr key={keyOf(row)}>
                  {columns.map(({ key, value, render, isNumber }) => (
                    <Table.Td key={key} ta={isNumber ? 'right' : undefined}>
                      {render ? render(row) : value(row)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </>
  )
}

/** What each column is called, and by which it is sorted. */
function Heads<T>({ columns }: { columns: Column<T>[] }) {
  const [{ sort = '' }, change] = useFilters<'sort'>()
  const order = (key: string) => (sort === key ? 'ascending' : sort === `-${key}` ? 'descending' : 'none')
  return (
    <Table.Thead>
      <Table.Tr>
        {columns.map(({ key, label, isNumber }) =>
          // What has no name is no column to sort by: it holds the row's actions.
          label === '' ? (
            <Table.Td key={key} />
          ) : (
            <Table.Th key={key} aria-sort={order(key)} ta={isNumber ? 'right' : undefined}>
              <UnstyledButton
                fz="sm"
                fw={600}
                onClick={() => change({ sort: sort === key ? `-${key}` : sort === `-${key}` ? null : key })}
              >
                {label}
                {order(key) === 'ascending' && <IconArrowUp size={12} aria-hidden />}
                {order(key) === 'descending' && <IconArrowDown size={12} aria-hidden />}
              </UnstyledButton>
            </Table.Th>
          ),
        )}
      </Table.Tr>
    </Table.Thead>
  )
}

const compare = (a: string | number | undefined, b: string | number | undefined): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : String(a ?? '').localeCompare(String(b ?? ''))
