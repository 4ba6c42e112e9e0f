import { Button, Group, NativeSelect, Table, TextInput, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useWords } from '../words/index.ts'
import { downloadCsv } from './csv.ts'
import { Empty } from './Page.tsx'
import { type Cell, Rows, useNarrow } from './Rows.tsx'
import { useFilters } from './useFilters.ts'

export interface Column<T> extends Omit<Cell<T>, 'render'> {
  /** What it is sorted, found and exported by. */
  value: (row: T) => string | number | undefined
  render?: (row: T) => ReactNode
}

/** A table that can be searched, sorted, shared by its address, and exported; on a phone a list of cards. */
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
  const isNarrow = useNarrow()
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
        <Export name={name} rows={sorted} columns={columns} />
      </Group>
      {sorted.length === 0 ? (
        <Empty>{rows.length === 0 ? empty : t('common.nothingMatches')}</Empty>
      ) : (
        <>
          {isNarrow && <SortBy columns={columns.filter(({ label }) => label !== '')} />}
          <Rows
            cells={columns.map((one) => ({ ...one, render: one.render ?? one.value }))}
            rows={sorted}
            keyOf={keyOf}
            heads={<Heads columns={columns} />}
          />
        </>
      )}
    </>
  )
}

/** All that is found, in its order, as a file. */
function Export<T>({ name, rows, columns }: { name: string; rows: readonly T[]; columns: Column<T>[] }) {
  const { t } = useWords()
  const download = () =>
    downloadCsv(
      name,
      rows.map((row) => Object.fromEntries(columns.map(({ key, value }) => [key, value(row)]))),
    )
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconDownload size={14} aria-hidden />}
      disabled={rows.length === 0}
      onClick={download}
    >
      {t('common.export')}
    </Button>
  )
}

/** Cards have no heads to press. */
function SortBy<T>({ columns }: { columns: Column<T>[] }) {
  const { t } = useWords()
  const [{ sort = '' }, change] = useFilters<'sort'>()
  return (
    <NativeSelect
      size="xs"
      mt="xs"
      label={t('common.sortBy')}
      value={sort}
      onChange={(event) => change({ sort: event.currentTarget.value || null })}
      data={[
        { value: '', label: '—' },
        ...columns.flatMap(({ key, label }) => [
          { value: key, label: `${label} ↑` },
          { value: `-${key}`, label: `${label} ↓` },
        ]),
      ]}
    />
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
