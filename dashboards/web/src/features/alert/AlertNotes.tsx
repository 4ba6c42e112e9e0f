import { Stack, Text, Title } from '@mantine/core'
import type { Alert } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useWords } from '../../words/index.ts'
import { handlerOf } from './deeds.ts'

/** Who looks after it, and what people wrote about it for each other. */
export function AlertNotes({ alert }: { alert: Alert }) {
  const { t } = useWords()
  const { assignedTo, notes = [] } = alert
  const name = handlerOf(alert)
  return (
    <>
      {name && <Text size="sm">{t(assignedTo ? 'deed.assigned' : 'deed.handler', { name })}</Text>}
      {notes.length > 0 && (
        <Stack gap={4}>
          <Title order={3}>{t('deed.notesTitle')}</Title>
          {notes.map(({ by, text, at }) => (
            <Text key={`${at}/${by}`} size="sm" style={{ whiteSpace: 'pre-wrap' }}>
              {text}{' '}
              <Text span size="xs" c="dimmed">
                {by.replace('user:', '')}, <When at={at} />
              </Text>
            </Text>
          ))}
        </Stack>
      )}
    </>
  )
}
