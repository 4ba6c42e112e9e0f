import {
  Badge,
  Button,
  Card,
  Group,
  PasswordInput,
  Select,
  SimpleGrid,
  Skeleton,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { call, useCall } from '../../api.ts'
import { Failure, Page } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

const roles = ['admin', 'desk', 'viewer'] as const
interface SettingsView {
  world: { name: string; clock: string }
  publicUrl: string
  settings: { name: string; value: unknown; from: 'environment' | 'default' }[]
  policy: Record<string, unknown>
}

/** Settings in force, and where each comes from. */
export default function Settings() {
  const { t } = useWords()
  const { data, error, refetch } = useCall<SettingsView>('/api/settings')
  return (
    <Page title={t('nav.settings')} action={<SignOut />}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={300} />}
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Accounts />
        <MyPassword />
      </SimpleGrid>
      {data && (
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
          <Card withBorder padding="md">
            <Title order={2}>{t('settings.inForce')}</Title>
            <Text size="xs" c="dimmed" mb="sm">
              {t('settings.world', { name: data.world.name, clock: data.world.clock, url: data.publicUrl })}
            </Text>
            <Table verticalSpacing={4}>
              <Table.Tbody>
                {data.settings.map(({ name, value, from }) => (
                  <Table.Tr key={name}>
                    <Table.Td>
                      <Text size="xs" ff="monospace">
                        {name}
                      </Text>
                    </Table.Td>
                    <Table.Td style={{ overflowWrap: 'anywhere' }}>
                      {value === null ? t('settings.unset') : String(value)}
                    </Table.Td>
                    <Table.Td ta="right">
                      {from === 'environment' ? (
                        <Badge variant="light" size="sm" tt="none">
                          {t('settings.environment')}
                        </Badge>
                      ) : (
                        <Text size="xs" c="dimmed">
                          {t('settings.default')}
                        </Text>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Card>
          <Card withBorder padding="md">
            <Title order={2} mb="sm">
              {t('settings.policy')}
            </Title>
            <Table verticalSpacing={4}>
              <Table.Tbody>
                {Object.entries(data.policy).map(([name, value]) => (
                  <Table.Tr key={name}>
                    <Table.Td>
                      <Text size="xs" ff="monospace">
                        {name}
                      </Text>
                    </Table.Td>
                    <Table.Td>{flat(value)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Card>
        </SimpleGrid>
      )}
    </Page>
  )
}

const flat = (value: unknown): string =>
  Array.isArray(value)
    ? value.map((one) => (Array.isArray(one) ? one.join('–') : String(one))).join(', ')
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([key, one]) => `${key}: ${one}`)
          .join(', ')
      : String(value)

function SignOut() {
  const { t } = useWords()
  return (
    <Button
      variant="default"
      onClick={() =>
        void call('/api/session', 'DELETE')
          .catch(() => {})
          .then(() => {
            location.href = '/sign-in'
          })
      }
    >
      {t('common.signOut')}
    </Button>
  )
}

function Accounts() {
  const { t } = useWords()
  const { act, busy } = useAction()
  const { data } = useCall<{ items: { id: string; name: string; role: (typeof roles)[number] }[] }>('/api/accounts')
  const { data: me } = useCall<{ account: { role: string } | null }>('/api/session')
  const [role, setRole] = useState<string | null>('desk')
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    const made = await act(
      '/api/accounts',
      { name: form.get('name'), password: form.get('password'), role },
      t('common.saved'),
    )
    if (made) element.reset()
  }
  return (
    <Card withBorder padding="md">
      <Title order={2} mb="sm">
        {t('settings.accounts')}
      </Title>
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {data?.items.map(({ id, name, role }) => (
            <Table.Tr key={id}>
              <Table.Td>{name}</Table.Td>
              <Table.Td ta="right">{t(`settings.roles.${role}`)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {me?.account?.role === 'admin' && (
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
            <Select
              size="xs"
              w={130}
              label={t('settings.role')}
              data={roles.map((value) => ({ value, label: t(`settings.roles.${value}`) }))}
              value={role}
              onChange={setRole}
              allowDeselect={false}
            />
            <Button size="xs" type="submit" loading={busy}>
              {t('settings.addAccount')}
            </Button>
          </Group>
        </form>
      )}
    </Card>
  )
}

function MyPassword() {
  const { t } = useWords()
  const { act, busy } = useAction()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const password = new FormData(element).get('new-password')
    if (await act('/api/session/password', { password }, t('common.saved'))) element.reset()
  }
  return (
    <Card withBorder padding="md">
      <Title order={2} mb="sm">
        {t('settings.myPassword')}
      </Title>
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          <PasswordInput
            name="new-password"
            label={t('signIn.newPassword')}
            minLength={8}
            autoComplete="new-password"
            required
          />
          <Button type="submit" w="fit-content" loading={busy}>
            {t('signIn.setPassword')}
          </Button>
        </Stack>
      </form>
    </Card>
  )
}
