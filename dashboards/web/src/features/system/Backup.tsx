import { Button, Text } from '@mantine/core'
import { useCall } from '../../api.ts'
import { number } from '../../components/format.tsx'
import { Panel } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

/** Everything into a folder of its own, while all goes on; how it stands is asked as long as somebody looks. */
export function Backup() {
  const { t, lang } = useWords()
  const { act, busy } = useAction()
  const { data } = useCall('GET /api/backup', {}, 3_000)
  if (!data) return null
  const { state, folder = '', files, bytes = 0, because } = data
  return (
    <Panel title={t('places.backup')} hint={t('places.backupHint')}>
      <Text size="sm" role="status" mb="sm" style={{ overflowWrap: 'anywhere' }}>
        {t(`places.backupStates.${state}`, {
          folder,
          files: number(files, lang, 0),
          size: number(bytes / 1e6, lang, 1),
        })}{' '}
        {because}
      </Text>
      <Button
        variant="default"
        loading={busy || state === 'running'}
        onClick={() => void act('POST /api/backup', {}, undefined)}
      >
        {t('places.backupBegin')}
      </Button>
    </Panel>
  )
}
