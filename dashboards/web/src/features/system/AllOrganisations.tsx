import { Button, Group, Table, Text, TextInput } from '@mantine/core'
import type { FormEvent } from 'react'
import { useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Panel } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'

/** Of every installation the first one. */
const FIRST = 'main'

/** The organisations of this installation: for administrators of the first, who open, rename and close them. */
export function AllOrganisations() {
  const { data: session } = useCall('GET /api/session', {})
  const isFirst = session && (session.organisation ?? FIRST) === FIRST
  return isFirst ? (
    <Allowed to="organisations.see">
      <Listed />
    </Allowed>
  ) : null
}

function Listed() {
  const { t } = useWords()
  const { data } = useCall('GET /api/organisations', {})
  const { act, busy } = useAction()
  const close = (id: string, closed: boolean) => act('PATCH /api/organisations/:id', { id }, { closed })
  return (
    <Panel title={t('settings.organisations')}>
      <Text size="sm" c="dimmed" mb="sm">
        {t('settings.organisationsHint')}
      </Text>
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {data?.items.map(({ id, name, createdAt, closedAt }) => (
            <Table.Tr key={id} c={closedAt === undefined ? undefined : 'dimmed'}>
              <Table.Td>
                {name}
                {closedAt !== undefined && ` (${t('settings.organisationClosed')})`}
              </Table.Td>
              <Table.Td>
                <Text size="xs" c="dimmed" ff="monospace">
                  {id}
                </Text>
              </Table.Td>
              <Table.Td>
                <Text size="xs" c="dimmed">
                  {createdAt !== undefined && <When at={createdAt} />}
                </Text>
              </Table.Td>
              <Table.Td ta="right">
                {id !== FIRST && (
                  <Allowed to="organisations.change">
                    <Button
                      size="compact-xs"
                      variant="default"
                      loading={busy}
                      aria-label={`${t(closedAt === undefined ? 'settings.closeOrganisation' : 'settings.openAgain')}: ${name}`}
                      onClick={() => void close(id, closedAt === undefined)}
                    >
                      {t(closedAt === undefined ? 'settings.closeOrganisation' : 'settings.openAgain')}
                    </Button>
                  </Allowed>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Allowed to="organisations.change">
        <AddOrganisation />
      </Allowed>
    </Panel>
  )
}

/** Whoever opens one is its first administrator, and goes there by the menu of their name. */
function AddOrganisation() {
  const { t } = useWords()
  const { act, busy } = useAction()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const said = new FormData(form)
    const [id, name] = ['id', 'name'].map((field) => String(said.get(field) ?? '').trim())
    if (await act('POST /api/organisations', {}, { id: id ?? '', name: name ?? '' })) form.reset()
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Group align="flex-end" gap="sm" mt="sm">
        <TextInput size="xs" name="name" label={t('settings.organisationName')} maxLength={100} required />
        <TextInput
          size="xs"
          name="id"
          label={t('settings.organisationId')}
          pattern="[a-z][a-z0-9\-]{1,31}"
          title={t('settings.organisationIdHint')}
          autoComplete="off"
          required
        />
        <Button size="xs" type="submit" loading={busy}>
          {t('settings.addOrganisation')}
        </Button>
      </Group>
    </form>
  )
}
