import { Alert, Button, FileButton, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../words/index.ts'
import type { Registered } from './Credentials.tsx'
import { readCsv } from './readCsv.ts'
import { useAction } from './useAction.ts'

const EXAMPLE =
  'id,kind,model,ownerName,ownerContact,language,lat,lon\nfridge-kitchen-1,fridge,KG-300,Ada,ada@example.org,en,48.14,11.58'

/** Registers many: one line each, the first names the columns. */
export function ConnectCsv({ done }: { done: (made: Registered[]) => void }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [text, setText] = useState('')
  const rows = text.trim() ? readCsv(text) : []
  const bodies = rows.map(registration)
  const missing = bodies.findIndex(({ id, kind, model }) => !id || !kind || !model)
  const submit = async () => {
    const made = await act<Registered[]>('/api/appliances', bodies)
    if (made) done(made)
  }
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('connect.csvHint')}
      </Text>
      <FileButton accept=".csv,text/csv" onChange={(file) => void file?.text().then(setText)}>
        {(props) => (
          <Button variant="default" size="xs" w="fit-content" {...props}>
            {t('connect.chooseFile')}
          </Button>
        )}
      </FileButton>
      <Textarea
        label="CSV"
        placeholder={EXAMPLE}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        autosize
        minRows={6}
        maxRows={14}
        styles={{ input: { fontFamily: 'monospace' } }}
      />
      {missing >= 0 && <Alert color="red">{t('connect.csvMissing', { line: missing + 2 })}</Alert>}
      <Button onClick={() => void submit()} loading={busy} disabled={rows.length === 0 || missing >= 0}>
        {t('connect.submitMany', { count: rows.length })}
      </Button>
    </Stack>
  )
}

const registration = (row: Record<string, string>) => ({
  id: row.id,
  kind: row.kind,
  model: row.model,
  ...(row.batch ? { batch: row.batch } : {}),
  ...(row.firmware ? { firmware: row.firmware } : {}),
  ...(row.installedAt ? { installedAt: Date.parse(row.installedAt) } : {}),
  ...(row.cadenceSeconds ? { cadenceSeconds: Number(row.cadenceSeconds) } : {}),
  ...(row.homeId ? { homeId: row.homeId } : {}),
  ...(row.lat && row.lon ? { location: { lat: Number(row.lat), lon: Number(row.lon) } } : {}),
  ...(row.ownerName || row.ownerContact
    ? {
        owner: {
          name: row.ownerName ?? '',
          contact: row.ownerContact ?? '',
          language: row.language === 'zh' ? 'zh' : 'en',
        },
      }
    : {}),
})
