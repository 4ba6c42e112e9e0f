import { Alert, Button, Group, List, Select, Skeleton, Table, Text, TextInput } from '@mantine/core'
import { IconDownload, IconShieldCheck } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { type Answer, call, useCall } from '../../api.ts'
import { number } from '../../components/format.tsx'
import { Empty, Failure, Page } from '../../components/Page.tsx'
import { exactTime } from '../../components/plainText.ts'
import { useFilters } from '../../components/useFilters.ts'
import { useWords } from '../../words/index.ts'

type AuditCheck = Answer<'GET /api/audit/check'>
type AuditRow = Answer<'GET /api/audit'>['items'][number]

const fields = ['who', 'action', 'subject'] as const
type Field = (typeof fields)[number] | 'from' | 'to' | 'cursor'

/** Who did what, when: filtered at the server, page by page, exported whole, and checked. */
export default function Audit() {
  const { t } = useWords()
  const [filters, change] = useFilters<Field>()
  const query = queryOf(filters)
  const { data, error, refetch } = useCall('GET /api/audit', {
    ...Object.fromEntries(new URLSearchParams(query)),
    limit: 100,
    cursor: filters.cursor,
  })
  const narrow = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const asked = Object.fromEntries(
      [...fields, 'from', 'to'].map((name) => [name, String(form.get(name) ?? '').trim()]),
    )
    change({ ...asked, cursor: null })
  }
  return (
    <Page title={t('audit.title')} action={<ExportButtons query={query} />}>
      <Text size="sm" c="dimmed" maw={720}>
        {t('audit.hint')}
      </Text>
      <Check />
      <form key={query} onSubmit={narrow}>
        <Group align="flex-end" gap="sm">
          {fields.map((name) => (
            <TextInput
              key={name}
              size="xs"
              w={170}
              name={name}
              label={t(`audit.${name}`)}
              defaultValue={filters[name] ?? ''}
            />
          ))}
          <TextInput size="xs" type="date" name="from" label={t('audit.from')} defaultValue={filters.from ?? ''} />
          <TextInput size="xs" type="date" name="to" label={t('audit.to')} defaultValue={filters.to ?? ''} />
          <Button size="xs" type="submit" variant="default">
            {t('audit.filter')}
          </Button>
          <Select
            size="xs"
            w={190}
            aria-label={t('audit.often')}
            placeholder={t('audit.often')}
            data={often.map((value) => ({ value, label: t(`audit.actions.${value}`) }))}
            value={often.find((known) => known === filters.action) ?? null}
            onChange={(value) => change({ action: value, cursor: null })}
            clearable
          />
        </Group>
      </form>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={300} />}
      {data && <Rows rows={data.items} />}
      {data && (filters.cursor || data.next) && (
        <Group gap="sm">
          {filters.cursor && (
            <Button size="xs" variant="default" onClick={() => change({ cursor: null })}>
              {t('audit.newest')}
            </Button>
          )}
          {data.next && (
            <Button size="xs" variant="default" onClick={() => change({ cursor: data.next ?? null })}>
              {t('audit.older')}
            </Button>
          )}
        </Group>
      )}
    </Page>
  )
}

/** What is asked for most. */
const often = ['sign-in', 'sign-in-refused', 'password-by-link'] as const

/** A day is the reader's own. */
function queryOf({ who, action, subject, from, to }: Partial<Record<Field, string>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ who, action, subject })) if (value) query.set(name, value)
  const begin = from ? new Date(`${from}T00:00:00`).getTime() : Number.NaN
  const end = to ? new Date(`${to}T00:00:00`) : undefined
  if (Number.isFinite(begin)) query.set('from', String(begin))
  if (end && Number.isFinite(end.getTime())) query.set('to', String(end.setDate(end.getDate() + 1)))
  return query.toString()
}

function ExportButtons({ query }: { query: string }) {
  const { t } = useWords()
  return (
    <Group gap="sm">
      {(['csv', 'json'] as const).map((format) => (
        <Button
          key={format}
          size="xs"
          variant="default"
          component="a"
          href={`/api/audit/export?${query ? `${query}&` : ''}format=${format}`}
          download
          leftSection={<IconDownload size={14} aria-hidden />}
        >
          {t('audit.exportAs', { format: format.toUpperCase() })}
        </Button>
      ))}
    </Group>
  )
}

function Rows({ rows }: { rows: readonly AuditRow[] }) {
  const { t, lang } = useWords()
  if (rows.length === 0) return <Empty>{t('audit.empty')}</Empty>
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table highlightOnHover verticalSpacing={5}>
        <Table.Thead>
          <Table.Tr>
            {(['seq', 'at', 'who', 'action', 'subject', 'address'] as const).map((name) => (
              <Table.Th key={name}>{t(`audit.${name}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ seq, at, who, action, subject, address, times, detail }) => (
            <Table.Tr key={seq}>
              <Table.Td>{seq}</Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{exactTime(at, lang)}</Table.Td>
              <Table.Td>{who}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                {t(`audit.actions.${action as 'sign-in'}`, { otherwise: action })}
                {times !== undefined && ` ${t('audit.times', { times: number(times, lang, 0) })}`}
                {detail && (
                  <Text size="xs" c="dimmed">
                    {detail}
                  </Text>
                )}
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{subject}</Table.Td>
              <Table.Td>{address}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** The rows that a fault names. */
const placesIn = (fault: AuditCheck['faults'][number]): { seq: number; from: number; to: number } => ({
  seq: 'seq' in fault ? fault.seq : 0,
  from: 'from' in fault ? fault.from : 0,
  to: 'to' in fault ? fault.to : 0,
})

/** Follows the chain of hashes, when somebody asks for it. */
function Check() {
  const { t, lang } = useWords()
  const [found, setFound] = useState<AuditCheck | { error: unknown }>()
  const [busy, setBusy] = useState(false)
  const check = async () => {
    setBusy(true)
    setFound(await call('GET /api/audit/check', {}).catch((error: unknown) => ({ error })))
    setBusy(false)
  }
  return (
    <>
      <Button
        w="fit-content"
        size="xs"
        leftSection={<IconShieldCheck size={14} aria-hidden />}
        loading={busy}
        onClick={() => void check()}
      >
        {t('audit.check')}
      </Button>
      {found && 'error' in found && <Failure error={found.error} />}
      {found && 'rows' in found && (
        <Alert
          color={found.faults.length > 0 ? 'red' : 'teal'}
          title={t(found.faults.length > 0 ? 'audit.broken' : 'audit.whole', { rows: number(found.rows, lang, 0) })}
        >
          <List size="sm">
            {found.faults.map((fault) => (
              <List.Item key={JSON.stringify(fault)}>{t(`audit.faults.${fault.kind}`, placesIn(fault))}</List.Item>
            ))}
            {found.more > 0 && <List.Item>{t('audit.more', { count: found.more })}</List.Item>}
            {found.forgottenTo !== undefined && (
              <List.Item>{t('audit.forgotten', { to: number(found.forgottenTo, lang, 0) })}</List.Item>
            )}
            {found.before > 0 && <List.Item>{t('audit.before', { before: found.before })}</List.Item>}
            {!found.endKnown && <List.Item>{t('audit.endUnknown')}</List.Item>}
            {found.head && (
              <List.Item style={{ overflowWrap: 'anywhere' }}>
                {t('audit.head', { head: `${found.head.seq}:${found.head.hash}` })}
              </List.Item>
            )}
          </List>
        </Alert>
      )}
    </>
  )
}
