import { Button, Text } from '@mantine/core'
import { IconPhone } from '@tabler/icons-react'
import type { OwnerView } from '../../api.ts'
import { useWords } from '../../words/index.ts'

/** Whom the owner deals with, and the way to reach them. */
export function CallFirm({ firm: { name, phone } }: Pick<OwnerView, 'firm'>) {
  const { t } = useWords()
  return phone ? (
    <Button
      component="a"
      href={`tel:${phone.replaceAll(/[^+\d]/g, '')}`}
      variant="default"
      size="md"
      leftSection={<IconPhone size={18} aria-hidden />}
    >
      {name} · {phone}
    </Button>
  ) : (
    <Text size="sm" ta="center" c="dimmed">
      {t('owner.by', { name })}
    </Text>
  )
}
