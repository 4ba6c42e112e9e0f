import { Button, Card, Group, NativeSelect, Stack, Table, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
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
  /** What a card is headed by; where no column says so, the first. */
  isTitle?: boolean
}

/** Below this a table would have to be pushed sideways: rows are cards there. */
const NARROW = '(max-width: 599px)'

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
  const isNarrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false })
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
      ) : isNarrow ? (
        <Cards columns={columns} rows={sorted} keyOf={keyOf} />
      ) : (
        <Table.ScrollContainer minWidth={Math.min(720, columns.length * 110)}>
          <Table highlightOnHover verticalSpacing={5}>
            <Heads columns={columns} />
            <Table.Tbody>
              {sorted.map((row) => (
                <Table.Tr key={keyOf(row)}>
                  {columns.map((column) => (
                    <Table.Td key={column.key} ta={column.isNumber ? 'right' : undefined}>
                      {cell(column, row)}
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

/** What a row says in a column. */
const cell = <T,>({ render, value }: Column<T>, row: T): ReactNode => (render ? render(row) : value(row))

/** One card a row: what it is, each column with its name, and last what may be done. */
function Cards<T>({ columns, rows, keyOf }: { columns: Column<T>[]; rows: readonly T[]; keyOf: (row: T) => string }) {
  const named = columns.filter(({ label }) => label !== '')
  const title = named.find(({ isTitle }) => isTitle) ?? named[0]
  return (
    <>
      <SortBy columns={named} />
      <Stack component="ul" gap="xs" m={0} p={0} style={{ listStyle: 'none' }}>
        {rows.map((row) => (
          <Card key={keyOf(row)} component="li" withBorder padding="sm">
            {title && (
              <Text component="div" fw={600}>
                {cell(title, row)}
              </Text>
            )}
            <dl className="pairs">
              {named
                .filter((column) => column !== title)
                .map((column) => (
                  <div key={column.key}>
                    <dt>{column.label}</dt>
                    <dd>{cell(column, row)}</dd>
                  </div>
                ))}
            </dl>
            {columns
              .filter(({ label }) => label === '')
              .map((column) => (
                <div key={column.key}>{cell(column, row)}</div>
              ))}
          </Card>
        ))}
      </Stack>
    </>
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
