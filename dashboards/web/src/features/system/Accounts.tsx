import { Button, Card, Group, MultiSelect, PasswordInput, Select, Table, TextInput, Title } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Role } from '../../../../api/accounts/accountNames.ts'
import { type EngineerView, type Paged, useCall } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'

/** Roles that are given today; `desk` is of accounts that were made before. */
const given = [
  'dispatcher',
  'care',
  'callback',
  'engineer',
  'supervisor',
  'reliability',
  'quality',
  'fleet',
  'viewer',
  'admin',
] as const satisfies readonly Role[]

interface AccountView {
  id: string
  name: string
  roles: Role[]
  engineer?: string
  disabled: boolean
}

/** Who may sign in here, and in which roles. */
export function Accounts() {
  const { t } = useWords()
  const { data } = useCall<{ items: AccountView[] }>('/api/accounts')
  return (
    <Card withBorder padding="md">
      <Title order={2} mb="sm">
        {t('settings.accounts')}
      </Title>
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {data?.items.map(({ id, name, roles, engineer }) => (
            <Table.Tr key={id}>
              <Table.Td>{name}</Table.Td>
              <Table.Td ta="right">
                {roles.map((role) => t(`settings.roles.${role}`)).join(', ')}
                {engineer && ` (${engineer})`}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Allowed to="accounts.change">
        <AddAccount />
      </Allowed>
    </Card>
  )
}

function AddAccount() {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [roles, setRoles] = useState<string[]>([])
  const [engineer, setEngineer] = useState<string | null>(null)
  const isEngineer = roles.includes('engineer')
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    const account = { name: form.get('name'), password: form.get('password'), roles }
    const body = isEngineer ? { ...account, engineer } : account
    if (await act('/api/accounts', body, t('common.saved'))) element.reset()
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Group align="flex-end" gap="sm" mt="sm">
        <TextInput
          size="xs"
          name="name"
          label={t('signIn.name')}
          pattern="[A-Za-z0-9_.\-]{3,30}"
          autoComplete="off"
          required
        />
        <PasswordInput
          size="xs"
          name="password"
          label={t('signIn.password')}
          minLength={8}
          autoComplete="new-password"
          w={150}
          required
        />
        <MultiSelect
          size="xs"
          miw={180}
          label={t('settings.role')}
          description={t('settings.roleHint')}
          data={given.map((value) => ({ value, label: t(`settings.roles.${value}`) }))}
          value={roles}
          onChange={setRoles}
        />
        {isEngineer && <WhoseJobs value={engineer} onChange={setEngineer} />}
        <Button size="xs" type="submit" loading={busy} disabled={roles.length === 0 || (isEngineer && !engineer)}>
          {t('settings.addAccount')}
        </Button>
      </Group>
    </form>
  )
}

function WhoseJobs({ value, onChange }: { value: string | null; onChange: (engineer: string | null) => void }) {
  const { t } = useWords()
  const { data } = useCall<Paged<EngineerView>>('/api/engineers?limit=1000')
  return (
    <Select
      size="xs"
      label={t('settings.whoseJobs')}
      data={data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
      value={value}
      onChange={onChange}
      searchable
    />
  )
}
