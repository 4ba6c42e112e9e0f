import { Alert, Button, Checkbox, Code, Group, MultiSelect, NumberInput, Table, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { type Answer, useCall } from '../../../api.ts'
import { When } from '../../../components/format.tsx'
import { Panel } from '../../../components/Page.tsx'
import { exactTime } from '../../../components/plainText.ts'
import { useAction } from '../../../components/useAction.ts'
import { useWords } from '../../../words/index.ts'

type ApiKey = Answer<'GET /api/session/keys'>['items'][number]

/** Keys by which programs act for who is signed in; each is shown once. */
export function MyKeys() {
  const { t } = useWords()
  const { data } = useCall('GET /api/session/keys', {})
  const [shown, show] = useState<string>()
  return (
    <Panel title={t('ways.keys')} hint={t('ways.keysHint')}>
      <KeyTable keys={data?.items ?? []} end="DELETE /api/session/keys/:id" />
      {shown && (
        <Alert my="sm" title={t('ways.keyOnce')}>
          <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {shown}
          </Code>
        </Alert>
      )}
      <MakeKey show={show} />
    </Panel>
  )
}

/** Keys of everybody, for who looks after accounts. */
export function AllKeys() {
  const { t } = useWords()
  const { data } = useCall('GET /api/keys', {})
  if (!data?.items.length) return null
  return (
    <Panel title={t('ways.allKeys')}>
      <KeyTable
        keys={data.items.map(({ of, name, ...key }) => ({ ...key, name: `${of}/${name}` }))}
        end="DELETE /api/keys/:id"
      />
    </Panel>
  )
}

function KeyTable({
  keys,
  end,
}: {
  keys: readonly ApiKey[]
  end: 'DELETE /api/session/keys/:id' | 'DELETE /api/keys/:id'
}) {
  const { t, lang } = useWords()
  const { act, busy } = useAction()
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {keys.map(({ id, name, roles, readOnly, expiresAt, lastUsedAt }) => (
            <Table.Tr key={id}>
              <Table.Td>{name}</Table.Td>
              <Table.Td>
                {roles.map((role) => t(`settings.roles.${role}`)).join(', ')}
                {readOnly && ` (${t('ways.readOnly')})`}
              </Table.Td>
              <Table.Td>
                <Text size="xs" c="dimmed">
                  {t('ways.expires', { at: exactTime(expiresAt, lang) })};{' '}
                  {lastUsedAt ? <When at={lastUsedAt} /> : t('ways.neverUsed')}
                </Text>
              </Table.Td>
              <Table.Td ta="right">
                <Button
                  size="compact-xs"
                  variant="default"
                  loading={busy}
                  aria-label={`${t('ways.end')}: ${name}`}
                  onClick={() => void act(end, { id }, undefined, t('common.saved'))}
                >
                  {t('ways.end')}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function MakeKey({ show }: { show: (key: string) => void }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const { data } = useCall('GET /api/session', {})
  const mine = data?.account?.roles ?? []
  const [roles, setRoles] = useState<string[]>([])
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    const body = {
      name: form.get('key-name'),
      roles,
      readOnly: form.get('read-only') !== null,
      days: Number(form.get('days')),
    }
    const made = await act('POST /api/session/keys', {}, body)
    if (!made) return
    element.reset()
    show(made.key)
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Group align="flex-end" gap="sm" mt="sm">
        <TextInput size="xs" name="key-name" label={t('ways.keyName')} maxLength={60} required />
        <MultiSelect
          size="xs"
          miw={160}
          label={t('settings.role')}
          data={mine.map((value) => ({ value, label: t(`settings.roles.${value}`) }))}
          value={roles}
          onChange={setRoles}
        />
        <NumberInput size="xs" w={110} name="days" label={t('ways.days')} defaultValue={90} min={1} max={366} />
        <Checkbox size="xs" name="read-only" label={t('ways.readOnly')} />
        <Button size="xs" type="submit" loading={busy} disabled={roles.length === 0}>
          {t('ways.makeKey')}
        </Button>
      </Group>
    </form>
  )
}
