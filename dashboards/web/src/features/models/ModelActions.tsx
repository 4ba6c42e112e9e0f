import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconArrowBackUp, IconArrowBigUp, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { ModelsView } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'
import { Against } from './ModelComparison.tsx'

/** As the API asks for. */
const LEAST_LETTERS = 8

/** Puts the candidate in force; where something speaks against it, with a written reason. */
export function Promote({ comparison, disabled }: { comparison: ModelsView['comparison']; disabled: boolean }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [isOpen, modal] = useDisclosure()
  const [why, setWhy] = useState('')
  const isFree = comparison?.against.length === 0
  const promote = () =>
    void act('POST /api/models/promote', {}, isFree ? {} : { override: why.trim() }, t('models.promoted')).then(
      (done) => done !== undefined && modal.close(),
    )
  return (
    <>
      <Button size="xs" leftSection={<IconArrowBigUp size={14} aria-hidden />} disabled={disabled} onClick={modal.open}>
        {t('models.promote')}
      </Button>
      <Modal opened={isOpen} onClose={modal.close} title={t('models.promote')}>
        <Stack>
          <Text size="sm">{t('models.promoteHint')}</Text>
          {comparison ? (
            <Against against={comparison.against} />
          ) : (
            <Alert color="orange">{t('models.notInShadow')}</Alert>
          )}
          {!isFree && (
            <Textarea
              label={t('models.override')}
              description={t('models.overrideHint')}
              value={why}
              onChange={(event) => setWhy(event.currentTarget.value)}
              data-autofocus
              autosize
              minRows={2}
            />
          )}
          <Button disabled={!isFree && why.trim().length < LEAST_LETTERS} loading={busy} onClick={promote}>
            {t('models.promote')}
          </Button>
        </Stack>
      </Modal>
    </>
  )
}

export function Decline({ disabled }: { disabled: boolean }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconX size={14} aria-hidden />}
      disabled={disabled}
      loading={busy}
      onClick={() => void act('DELETE /api/models/candidate', {}, undefined, t('models.declined'))}
    >
      {t('models.decline')}
    </Button>
  )
}

/** Brings the former version back. */
export function Rollback({ disabled }: { disabled: boolean }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [isOpen, modal] = useDisclosure()
  return (
    <>
      <Group>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconArrowBackUp size={14} aria-hidden />}
          disabled={disabled}
          onClick={modal.open}
        >
          {t('models.rollback')}
        </Button>
      </Group>
      <Modal opened={isOpen} onClose={modal.close} title={t('models.rollback')}>
        <Stack>
          <Text size="sm">{t('models.rollbackHint')}</Text>
          <Button
            loading={busy}
            onClick={() =>
              void act('POST /api/models/rollback', {}, {}, t('models.rolledBack')).then(
                (done) => done !== undefined && modal.close(),
              )
            }
          >
            {t('models.rollback')}
          </Button>
        </Stack>
      </Modal>
    </>
  )
}
