import { Menu } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { SessionView } from '../../api.ts'
import { useSignOut } from '../../offline/signOut.ts'
import { useWords } from '../../words/index.ts'
import { AccountButton } from './AccountButton.tsx'
import { Organisations } from './Organisations.tsx'

/** Who is signed in, where else they are at home, and the way out. */
export default function AccountMenu({ session }: { session: SessionView }) {
  const { t } = useWords()
  const signOut = useSignOut()
  const { account } = session
  if (!account) return null
  const roles = account.roles.map((role) => t(`settings.roles.${role}`)).join(', ')
  return (
    <Menu position="bottom-end" defaultOpened>
      <Menu.Target>
        <AccountButton session={session} />
      </Menu.Target>
      <Menu.Dropdown>
        <Organisations session={session} />
        <Menu.Label>{t('common.signedInAs', { name: account.name, roles })}</Menu.Label>
        <Menu.Item component={Link} to="/settings">
          {t('nav.settings')}
        </Menu.Item>
        <Menu.Item onClick={() => void signOut()}>{t('common.signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
