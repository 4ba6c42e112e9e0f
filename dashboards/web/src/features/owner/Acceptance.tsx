import { Button, Group, Stack, Text, Textarea, Title } from '@mantine/core'
import { useState } from 'react'
import { call, useCall } from '../../api.ts'
import { useWords } from '../../words/index.ts'

/** A project’s owner accepts the work, or says what is missing. */
export function Acceptance({ secret }: { secret: string }) {
  const { t } = useWords()
  const { data, refetch } = useCall('GET /api/t/:secret/project', { secret }, 10_000)
  const [note, setNote] = useState('')
  if (!data?.asked) return null
  const say = async (ok: boolean) => {
    await call('POST /api/t/:secret/acceptance', { secret }, { ok, note: note.trim() })
    await refetch()
  }
  return (
    <Stack gap="sm">
      <Title order={2}>{t('project.ownerTitle')}</Title>
      {data.ok === false && <Text size="sm">{t('project.ownerRefused')}</Text>}
      <Textarea
        label={t('project.note')}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        autosize
      />
      <Group grow>
        <Button onClick={() => void say(true)}>{t('project.accept')}</Button>
        <Button variant="default" disabled={!note.trim()} onClick={() => void say(false)}>
          {t('project.refuse')}
        </Button>
      </Group>
    </Stack>
  )
}
