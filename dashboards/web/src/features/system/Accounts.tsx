import { Alert, Button, Code, Group, Menu, Modal, MultiSelect, Select, Skeleton, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type FormEvent, useState } from 'react'
import type { Role } from '../../../../api/accounts/accountNames.ts'
import { type Answer, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Empty, Panel } from '../../components/Page.tsx'
import { exactTime } from '../../components/plainText.ts'
import { type Cell, Rows } from '../../components/Rows.tsx'
import { Sure } from '../../components/Sure.tsx'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { SessionLine } from './ways/MySessions.tsx'

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

type AccountView = Answer<'GET /api/accounts'>['items'][number]
type Link = Answer<'POST /api/accounts/:id/link'>

/** Who may sign in here, in which roles, and when they last did. */
export function Accounts() {
  const { t, lang } = useWords()
  const { data } = useCall('GET /api/accounts', {})
  const [link, show] = useState<Link>()
  const cells: Cell<AccountView>[] = [
    {
      key: 'name',
      label: t('signIn.name'),
      render: ({ name, disabled }) => (
        <Text span inherit c={disabled ? 'dimmed' : undefined}>
          {name}
          {disabled && ` (${t('settings.disabled')})`}
        </Text>
      ),
    },
    {
      key: 'roles',
      label: t('settings.role'),
      render: ({ roles, engineer }) =>
        `${roles.map((role) => t(`settings.roles.${role}`)).join(', ')}${engineer ? ` (${engineer})` : ''}`,
    },
    {
      key: 'last',
      label: t('settings.lastIn'),
      render: ({ lastSignInAt }) => (
        <Text span size="xs" c="dimmed">
          {lastSignInAt ? <When at={lastSignInAt} /> : t('settings.neverIn')}
        </Text>
      ),
    },
    {
      key: 'deeds',
      label: '',
      isNumber: true,
      render: (account) => (
        <Allowed to="accounts.change">
          <AccountMenu account={account} show={show} />
        </Allowed>
      ),
    },
  ]
  return (
    <Panel title={t('settings.accounts')}>
      <Rows cells={cells} rows={data?.items ?? []} keyOf={({ id }) => id} minWidth={420} />
      {link && (
        <Alert my="sm" title={t('settings.linkOnce', { until: exactTime(link.expiresAt, lang) })}>
          <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {link.link}
          </Code>
        </Alert>
      )}
      <Allowed to="accounts.change">
        <AddAccount show={show} />
      </Allowed>
    </Panel>
  )
}

/** What an administrator does with one account. */
function AccountMenu({ account, show }: { account: AccountView; show: (link: Link) => void }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [isLooking, looking] = useDisclosure()
  const [isDeleting, deleting] = useDisclosure()
  const { id } = account
  const renew = async () => {
    const link = await act('POST /api/accounts/:id/link', { id })
    if (link) show(link)
  }
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="compact-xs" variant="default" loading={busy} aria-label={`${t('nav.more')}: ${account.name}`}>
            {t('nav.more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={looking.open}>{t('settings.signedIn')}</Menu.Item>
          <Menu.Item onClick={() => void renew()}>{t('settings.newLink')}</Menu.Item>
          <Menu.Item
            onClick={() =>
              void act('PATCH /api/accounts/:id', { id }, { disabled: !account.disabled }, t('common.saved'))
            }
          >
            {t(account.disabled ? 'settings.enable' : 'settings.disable')}
          </Menu.Item>
          <Menu.Item
            onClick={() => void act('DELETE /api/accounts/:id/second-factor', { id }, undefined, t('common.saved'))}
          >
            {t('ways.resetFactor')}
          </Menu.Item>
          <Menu.Item color="red" onClick={deleting.open}>
            {t('settings.deleteAccount')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={isLooking} onClose={looking.close} title={t('settings.signedInOf', { name: account.name })}>
        {isLooking && <Sessions id={id} />}
      </Modal>
      <Sure
        opened={isDeleting}
        close={deleting.close}
        title={t('settings.deleteAccount')}
        why={t('settings.deleteWhy', { name: account.name })}
        busy={busy}
        deed={async () => (await act('DELETE /api/accounts/:id', { id }, undefined, t('common.saved'))) !== undefined}
      />
    </>
  )
}

/** Where somebody is signed in; a telephone that was lost is signed out from here. */
function Sessions({ id }: { id: string }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const { data } = useCall('GET /api/accounts/:id/sessions', { id })
  if (!data) return <Skeleton height={60} />
  if (data.items.length === 0) return <Empty>{t('settings.signedInNowhere')}</Empty>
  return data.items.map(({ id: session, agent, address, createdAt }) => (
    <SessionLine key={session} agent={agent} address={address} at={createdAt}>
      <Button
        size="compact-sm"
        variant="default"
        loading={busy}
        onClick={() =>
          void act('DELETE /api/accounts/:id/sessions/:session', { id, session }, undefined, t('places.ended'))
        }
      >
        {t('places.end')}
      </Button>
    </SessionLine>
  ))
}

/** Somebody is invited: they set a password of their own, by the link. */
function AddAccount({ show }: { show: (link: Link) => void }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [roles, setRoles] = useState<string[]>([])
  const [engineer, setEngineer] = useState<string | null>(null)
  const isEngineer = roles.includes('engineer')
  const isOneOfSeveral = useCall('GET /api/session', {}).data?.organisation !== undefined
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    const work = isEngineer ? { roles, engineer } : { roles }
    // Of somebody who has an account elsewhere nobody asks the name.
    const name = form.get('name') || undefined
    const made = name
      ? await act('POST /api/accounts', {}, { name, ...work })
      : await act('POST /api/accounts/invitations', {}, work)
    if (!made) return
    element.reset()
    const { link, expiresAt } = made
    if (link !== undefined && expiresAt !== undefined) show({ link, expiresAt })
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
          description={isOneOfSeveral ? t('settings.nameOrElsewhere') : undefined}
          required={!isOneOfSeveral}
        />
        <MultiSelect
          size="xs"
          miw={180}
          label={t('settings.role')}
          description={t('settings.roleHint')}
          data={given.map((value) => ({ value, label: t(`settings.roles.${value}`) }))}
          value={roles}
          onChange={setRoles}
          searchable
        />
        {isEngineer && <WhoseJobs value={engineer} onChange={setEngineer} />}
        <Button size="xs" type="submit" loading={busy} disabled={roles.length === 0 || (isEngineer && !engineer)}>
          {t('settings.invite')}
        </Button>
      </Group>
    </form>
  )
}

function WhoseJobs({ value, onChange }: { value: string | null; onChange: (engineer: string | null) => void }) {
  const { t } = useWords()
  const { data } = useCall('GET /api/engineers', { limit: 1000 })
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
