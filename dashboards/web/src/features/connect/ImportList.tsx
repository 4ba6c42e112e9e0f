import { Alert, Badge, Button, FileButton, Group, List, Select, Stack, Table, Text, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Answer, call } from '../../api.ts'
import { Failure } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

type ListName = 'appliances' | 'factory' | 'engineers' | 'stock'
type ImportAnswer = Answer<`POST /api/imports/${ListName}`>
export type Imported = NonNullable<ImportAnswer['made']>[number]

const choices = {
  encoding: ['utf-8', 'utf-16le', 'utf-16be', 'gb18030', 'windows-1252'],
  delimiter: [',', ';', 'tab', '|'],
  decimal: ['.', ','],
  dateOrder: ['dmy', 'mdy'],
} as const
type Choice = keyof typeof choices

/** A list as a file: how it is understood, each cell that cannot be used, and then all of it or what can be used. */
export function ImportList({
  list,
  columns,
  example,
  done,
}: {
  list: ListName
  columns: string
  example: string
  done: (made: readonly Imported[]) => void
}) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [text, setText] = useState('')
  const [file, setFile] = useState<File | null>(null)
  const [chosen, setChosen] = useState<Partial<Record<Choice, string>>>({})
  const [typed] = useDebouncedValue(text, 300)
  const body: Blob | null = file ?? (typed.trim() ? new Blob([typed]) : null)
  const {
    data: answer,
    error,
    refetch,
  } = useQuery({
    queryKey: ['import', list, file ? `${file.name}/${file.size}/${file.lastModified}` : typed, chosen],
    queryFn: () => call(`POST /api/imports/${list}`, { preview: true, ...chosen }, body),
    enabled: body !== null,
    placeholderData: (before) => before,
    retry: false,
  })
  const take = async () => {
    const taken = await act(`POST /api/imports/${list}`, { partial: true, ...chosen }, body)
    if (taken?.made) done(taken.made)
  }
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('imports.hint', { columns })}
      </Text>
      <Group gap="sm">
        <FileButton accept=".csv,.txt,.tsv,.gz,text/csv" onChange={setFile}>
          {(props) => (
            <Button variant="default" size="xs" {...props}>
              {t('connect.chooseFile')}
            </Button>
          )}
        </FileButton>
        {file && (
          <Button variant="subtle" size="xs" onClick={() => setFile(null)}>
            {t('imports.without', { name: file.name })}
          </Button>
        )}
      </Group>
      {!file && (
        <Textarea
          label="CSV"
          placeholder={example}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autosize
          minRows={5}
          maxRows={14}
          styles={{ input: { fontFamily: 'monospace' } }}
        />
      )}
      {body && error && <Failure error={error} retry={() => void refetch()} />}
      {body && answer && (
        <>
          <Understood answer={answer} chosen={chosen} choose={(more) => setChosen({ ...chosen, ...more })} />
          <Refused answer={answer} />
          <Button onClick={() => void take()} loading={busy} disabled={answer.usable === 0}>
            {answer.refusals > 0
              ? t('imports.takeUsable', { count: answer.usable, rows: answer.rows })
              : t('imports.take', { count: answer.usable })}
          </Button>
        </>
      )}
    </Stack>
  )
}

function Understood({
  answer: { understood, columns, preview },
  chosen,
  choose,
}: {
  answer: ImportAnswer
  chosen: Partial<Record<Choice, string>>
  choose: (more: Partial<Record<Choice, string>>) => void
}) {
  const { t } = useWords()
  const found: Record<Choice, string | undefined> = {
    encoding: understood.encoding,
    delimiter: understood.delimiter === '\t' ? 'tab' : understood.delimiter,
    decimal: understood.decimal,
    dateOrder: understood.time?.dateOrder,
  }
  return (
    <Stack gap={6}>
      <Group gap="xs" align="flex-end">
        {(Object.keys(choices) as Choice[]).map((choice) => (
          <Select
            key={choice}
            size="xs"
            w={130}
            label={t(`imports.${choice}`)}
            data={[...choices[choice]]}
            value={chosen[choice] ?? found[choice] ?? null}
            onChange={(value) => value && choose({ [choice]: value })}
          />
        ))}
      </Group>
      <Group gap={4}>
        {columns.map(({ name, field }, i) => (
          <Badge key={i} variant="light" color={field ? 'teal' : 'red'} tt="none">
            {field && field !== name ? `${name} → ${field}` : name}
          </Badge>
        ))}
      </Group>
      {preview.length > 0 && (
        <Table.ScrollContainer minWidth={320}>
          <Table verticalSpacing={2} fz="xs">
            <Table.Tbody>
              {preview.map((item, i) => (
                <Table.Tr key={i}>
                  {Object.entries(item).map(([name, value]) => (
                    <Table.Td key={name}>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  )
}

function Refused({ answer: { refused, refusals } }: { answer: ImportAnswer }) {
  const { t } = useWords()
  if (refusals === 0) return null
  return (
    <Alert color="orange" variant="light" title={t('imports.refused', { count: refusals })}>
      <List size="sm">
        {refused.slice(0, 20).map(({ line, column, name, value, why }) => (
          <List.Item key={`${line}/${column}/${why}`} style={{ overflowWrap: 'anywhere' }}>
            {column === undefined ? t('imports.line', { line }) : t('imports.cell', { line, column, name: name ?? '' })}
            {value ? ` “${value}” ` : ' '}
            {why}
          </List.Item>
        ))}
      </List>
      {refusals > 20 && <Text size="sm">{t('imports.more', { count: refusals - 20 })}</Text>}
    </Alert>
  )
}
