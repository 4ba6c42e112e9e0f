import { Card, Stack, Table, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { ReactNode } from 'react'

/** What a row says under one name; what has no name are its actions. */
export interface Cell<T> {
  key: string
  label: string
  render: (row: T) => ReactNode
  /** Numbers stand at the right. */
  isNumber?: boolean
  /** What a card is headed by; where no cell says so, the first. */
  isTitle?: boolean
  /** Of the column, px. */
  width?: number
}

interface RowsProps<T> {
  cells: readonly Cell<T>[]
  rows: readonly T[]
  keyOf: (row: T) => string
}

/** Below this a table would have to be pushed sideways: rows are cards there. */
export const useNarrow = (): boolean =>
  useMediaQuery('(max-width: 599px)', undefined, { getInitialValueInEffect: false })

/** A table; on a phone a list of cards. @param heads where they do more than name the columns */
export function Rows<T>({ heads, minWidth, ...of }: RowsProps<T> & { heads?: ReactNode; minWidth?: number }) {
  const { cells, rows, keyOf } = of
  if (useNarrow()) return <Cards {...of} />
  return (
    <Table.ScrollContainer minWidth={minWidth ?? Math.min(720, cells.length * 110)}>
      <Table highlightOnHover verticalSpacing={5}>
        {heads ?? <Heads cells={cells} />}
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={keyOf(row)}>
              {cells.map(({ key, isNumber, render }) => (
                <Table.Td key={key} ta={isNumber ? 'right' : undefined}>
                  {render(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Heads<T>({ cells }: { cells: readonly Cell<T>[] }) {
  return (
    <Table.Thead>
      <Table.Tr>
        {cells.map(({ key, label, isNumber, width }) => (
          <Table.Th key={key} w={width} ta={isNumber ? 'right' : undefined}>
            {label}
          </Table.Th>
        ))}
      </Table.Tr>
    </Table.Thead>
  )
}

/** One card a row: what it is, each cell with its name, and last what may be done. */
function Cards<T>({ cells, rows, keyOf }: RowsProps<T>) {
  const named = cells.filter(({ label }) => label !== '')
  const title = named.find(({ isTitle }) => isTitle) ?? named[0]
  return (
    <Stack component="ul" gap="xs" m={0} p={0} mt="xs" style={{ listStyle: 'none' }}>
      {rows.map((row) => (
        <Card key={keyOf(row)} component="li" withBorder padding="sm">
          {title && (
            <Text component="div" fw={600}>
              {title.render(row)}
            </Text>
          )}
          <dl className="pairs">
            {named
              .filter((cell) => cell !== title)
              .map(({ key, label, render }) => (
                <div key={key}>
                  <dt>{label}</dt>
                  <dd>{render(row)}</dd>
                </div>
              ))}
          </dl>
          {cells
            .filter(({ label }) => label === '')
            .map(({ key, render }) => (
              <div key={key}>{render(row)}</div>
            ))}
        </Card>
      ))}
    </Stack>
  )
}
