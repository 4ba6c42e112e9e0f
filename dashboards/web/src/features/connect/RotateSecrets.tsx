import { Button, Card, Group, NumberInput, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { type Answer, useCall, useCatalog } from '../../api.ts'
import { downloadCsv } from '../../components/csv.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useAction } from '../../components/useAction.ts'
import { useMay } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'

const WEEK_HOURS = 168
const SHOWN = 8

/** New secrets for a kind or a model, while the former ones go on for a while; and who has not come by the new one yet. */
export function RotateSecrets() {
  return useMay()('appliances.credentials') ? <Rotation /> : null
}

function Rotation() {
  const { t } = useWords()
  const names = useNames()
  const { data: catalog } = useCatalog()
  const { act, busy } = useAction()
  const [kind, setKind] = useState<string | null>(null)
  const [model, setModel] = useState('')
  const [hours, setHours] = useState<string | number>(WEEK_HOURS)
  const [asked, ask] = useState(false)
  const [made, setMade] = useState<Answer<'POST /api/secrets/rotate'>>()
  const rotate = async () => {
    const of = { ...(kind ? { kind } : {}), ...(model.trim() ? { model: model.trim() } : {}) }
    const answer = await act('POST /api/secrets/rotate', {}, { ...of, overlapHours: Number(hours) })
    if (answer) setMade(answer)
  }
  return (
    <Card withBorder padding="md" component="section" aria-label={t('secrets.title')}>
      <Title order={2}>{t('secrets.title')}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('secrets.hint')}
      </Text>
      <Stack gap="sm">
        <Group grow align="end">
          <Select
            label={t('common.kind')}
            placeholder={t('common.all')}
            clearable
            data={(catalog?.items ?? []).map((one) => ({ value: one.kind, label: names.kind(one.kind) }))}
            value={kind}
            onChange={setKind}
          />
          <TextInput
            label={t('common.model')}
            placeholder={t('common.all')}
            value={model}
            onChange={(event) => setModel(event.currentTarget.value)}
          />
          <NumberInput label={t('secrets.hours')} min={1} max={2_208} value={hours} onChange={setHours} />
        </Group>
        {!made && !asked && (
          <Button disabled={!Number(hours)} onClick={() => ask(true)} w="fit-content">
            {t('secrets.rotate')}
          </Button>
        )}
        {!made && asked && (
          <Group>
            <Button loading={busy} disabled={!Number(hours)} onClick={() => void rotate()}>
              {t('secrets.sure', {
                whom: [kind ? names.kind(kind) : '', model].filter(Boolean).join(' ') || t('common.all'),
              })}
            </Button>
            <Button variant="default" onClick={() => ask(false)}>
              {t('common.cancel')}
            </Button>
          </Group>
        )}
        {made && (
          <Group>
            <Button
              leftSection={<IconDownload size={14} aria-hidden />}
              onClick={() =>
                downloadCsv(
                  'secrets',
                  made.items.map(({ id, mqtt }) => ({ id, ...mqtt })),
                )
              }
            >
              {t('connect.download', { count: made.items.length })}
            </Button>
            <Text size="sm">{t('connect.once')}</Text>
          </Group>
        )}
        <Waiting />
      </Stack>
    </Card>
  )
}

function Waiting() {
  const { t } = useWords()
  const { data } = useCall('GET /api/secrets', {}, 30_000)
  if (!data?.items.length) return null
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {t('secrets.waiting', { count: data.total })}
      </Text>
      {data.items.slice(0, SHOWN).map(({ id, until, isOver }) => (
        <Text key={id} size="sm" {...(isOver ? { c: 'red' } : {})}>
          {id} · {t(isOver ? 'secrets.over' : 'secrets.until')} <When at={until} />
        </Text>
      ))}
      {data.total > SHOWN && (
        <Text size="sm" c="dimmed">
          {t('unheard.more', { count: data.total - SHOWN })}
        </Text>
      )}
    </Stack>
  )
}
