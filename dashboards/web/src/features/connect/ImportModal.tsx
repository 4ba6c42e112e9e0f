import { Button, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconTableImport } from '@tabler/icons-react'
import { useWords } from '../../words/index.ts'
import { ImportList } from './ImportList.tsx'

/** A button that takes a list as a file. */
export function ImportModal(props: { list: 'engineers' | 'stock'; columns: string; example: string }) {
  const { t } = useWords()
  const [isOpen, { open, close }] = useDisclosure()
  const done = (made: readonly unknown[]) => {
    notifications.show({ message: t('imports.taken', { count: made.length }), color: 'teal' })
    close()
  }
  return (
    <>
      <Button variant="default" leftSection={<IconTableImport size={16} aria-hidden />} onClick={open}>
        {t('imports.open')}
      </Button>
      <Modal opened={isOpen} onClose={close} title={t('imports.open')} size="lg">
        <ImportList {...props} done={done} />
      </Modal>
    </>
  )
}
