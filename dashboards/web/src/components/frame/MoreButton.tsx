import { Text, UnstyledButton } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import type { ComponentPropsWithRef } from 'react'
import { useWords } from '../../words/index.ts'

/** The last place of a phone's bar. */
export function MoreButton(props: ComponentPropsWithRef<'button'>) {
  const { t } = useWords()
  return (
    <UnstyledButton {...props} ta="center" aria-haspopup="menu">
      <IconDots size={20} aria-hidden style={{ display: 'block', margin: '0 auto' }} />
      <Text size="xs">{t('nav.more')}</Text>
    </UnstyledButton>
  )
}
