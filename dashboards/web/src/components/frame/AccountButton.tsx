import { Button, type ButtonProps, Text } from '@mantine/core'
import { IconUserCircle } from '@tabler/icons-react'
import type { ComponentPropsWithRef } from 'react'
import type { SessionView } from '../../api.ts'
import { useWords } from '../../words/index.ts'

/** Who is signed in, in which role. */
export function AccountButton({
  session: { account, organisation, organisations },
  ...others
}: { session: SessionView } & ButtonProps & Omit<ComponentPropsWithRef<'button'>, keyof ButtonProps>) {
  const { t } = useWords()
  if (!account) return null
  const roles = account.roles.map((role) => t(`settings.roles.${role}`)).join(', ')
  const here = organisations?.find(({ id }) => id === organisation)?.name
  return (
    <Button
      {...others}
      variant="subtle"
      color="gray"
      size="xs"
      px={6}
      leftSection={<IconUserCircle size={18} aria-hidden />}
      aria-label={t('common.signedInAs', { name: account.name, roles })}
      aria-haspopup="menu"
    >
      <Text span inherit visibleFrom="sm" truncate maw={260}>
        {here === undefined ? '' : `${here} · `}
        {account.name} · {roles}
      </Text>
    </Button>
  )
}
