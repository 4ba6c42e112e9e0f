import { Button, Group, NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useNames } from '../../components/names.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'
import { languages, nameOfLanguage } from '../../words/language.ts'
import type { Registered } from './Credentials.tsx'

/** Registers one appliance. */
export function ConnectForm({ done }: { done: (made: Registered) => void }) {
  const { t, lang } = useWords()
  const names = useNames()
  const { act, busy } = useAction()
  const [kind, setKind] = useState<string | null>('fridge')
  const [language, setLanguage] = useState<string | null>(lang)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const made = await act('POST /api/appliances', {}, { ...registrationOf(form, language), kind })
    const one = made && ('mqtt' in made ? made : made[0])
    if (one) done(one)
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        <TextInput
          name="id"
          label={t('connect.id')}
          description={t('connect.idHint')}
          pattern="[A-Za-z0-9_\-]{1,64}"
          required
        />
        <Group grow align="flex-start">
          <Select
            label={t('common.kind')}
            data={(names.catalog?.items ?? []).map((item) => ({ value: item.kind, label: names.kind(item.kind) }))}
            value={kind}
            onChange={setKind}
            allowDeselect={false}
          />
          <TextInput name="model" label={t('common.model')} required />
        </Group>
        <Group grow align="flex-start">
          <TextInput name="installedAt" type="date" label={t('connect.installedAt')} />
          <TextInput name="batch" label={t('connect.batch')} />
          <NumberInput
            name="cadence"
            label={t('connect.cadence')}
            min={1}
            max={86_400}
            placeholder={String(names.kindOf(kind ?? '')?.cadenceSeconds ?? '')}
          />
        </Group>
        <Group grow align="flex-start">
          <TextInput name="ownerName" label={t('connect.ownerName')} />
          <TextInput name="ownerContact" label={t('connect.ownerContact')} />
          <Select
            label={t('common.language')}
            data={languages.map((one) => ({ value: one, label: nameOfLanguage(one) }))}
            value={language}
            onChange={setLanguage}
            allowDeselect={false}
          />
        </Group>
        <Group grow align="flex-start">
          <TextInput name="lat" type="number" step="any" min={-90} max={90} label={t('common.latitude')} />
          <TextInput name="lon" type="number" step="any" min={-180} max={180} label={t('common.longitude')} />
        </Group>
        <Button type="submit" loading={busy}>
          {t('connect.submit')}
        </Button>
      </Stack>
    </form>
  )
}

/** What was filled in; what was left empty is not said. */
function registrationOf(form: FormData, language: string | null) {
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const [lat, lon] = [Number(text('lat')), Number(text('lon'))]
  return {
    id: text('id'),
    model: text('model'),
    ...(text('batch') ? { batch: text('batch') } : {}),
    ...(text('installedAt') ? { installedAt: Date.parse(text('installedAt')) } : {}),
    ...(text('cadence') ? { cadenceSeconds: Number(text('cadence')) } : {}),
    ...(text('lat') && text('lon') ? { location: { lat, lon } } : {}),
    ...(text('ownerName') || text('ownerContact')
      ? { owner: { name: text('ownerName'), contact: text('ownerContact'), language } }
      : {}),
  }
}
