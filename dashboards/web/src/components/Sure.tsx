import { Button, type ButtonProps, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useWords } from '../words/index.ts'

interface SureProps {
  opened: boolean
  close: () => void
  /** What is done. */
  title: string
  /** What becomes of it. */
  why: ReactNode
  busy?: boolean
  /** @returns whether it was done; what was refused has been said by then, and the question stays */
  deed: () => Promise<boolean>
}

/** Asks once before what cannot be undone. */
export function Sure({ opened, close, title, why, busy = false, deed }: SureProps) {
  const { t } = useWords()
  return (
    <Modal opened={opened} onClose={close} title={title}>
      <Stack>
        <Text size="sm">{why}</Text>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={close} data-autofocus>
            {t('common.cancel')}
          </Button>
          <Button color="red" loading={busy} onClick={() => void deed().then((done) => done && close())}>
            {title}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

/** A small button in a row whose deed is asked about first. */
export function SureButton({
  children,
  label,
  ...asked
}: Omit<SureProps, 'opened' | 'close'> & Pick<ButtonProps, 'children'> & { label?: string }) {
  const [isOpen, { open, close }] = useDisclosure()
  return (
    <>
      <Button size="compact-xs" variant="default" aria-label={label} onClick={open}>
        {children}
      </Button>
      <Sure opened={isOpen} close={close} {...asked} />
    </>
  )
}
