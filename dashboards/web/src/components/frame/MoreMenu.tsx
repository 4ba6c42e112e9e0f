import { Menu } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useWords } from '../../words/index.ts'
import { MoreButton } from './MoreButton.tsx'
import type { NavPage } from './navigation.ts'

/** The pages that have no room in a phone's bar. */
export default function MoreMenu({ pages }: { pages: readonly NavPage[] }) {
  const { t } = useWords()
  return (
    <Menu position="top-end" defaultOpened>
      <Menu.Target>
        <MoreButton />
      </Menu.Target>
      <Menu.Dropdown>
        {pages.map(({ to, key, icon: Icon }) => (
          <Menu.Item key={to} component={Link} to={to} leftSection={<Icon size={16} aria-hidden />}>
            {t(`nav.${key}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
