import { Button, Group, Modal, MultiSelect, NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type Outlet, useCatalog } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

const tiers = ['technical', 'community', 'star', 'authorised'] as const

/** A new outlet, or another word of one. */
export function OutletForm({ outlet, close }: { outlet: Outlet | undefined; close: () => void }) {
  const { t, say } = useWords()
  const { data: catalog } = useCatalog()
  const { act, busy } = useAction()
  const [id, setId] = useState(outlet?.id ?? '')
  const [name, setName] = useState(outlet?.name ?? '')
  const [tier, setTier] = useState(outlet?.tier ?? 'authorised')
  const [lat, setLat] = useState<number | string>(outlet?.location.lat ?? '')
  const [lon, setLon] = useState<number | string>(outlet?.location.lon ?? '')
  const [withinKm, setWithin] = useState<number | string>(outlet?.withinKm ?? 20)
  const [kinds, setKinds] = useState<string[]>([...(outlet?.kinds ?? [])])
  const isWhole = id !== '' && name.trim() !== '' && lat !== '' && lon !== '' && Number(withinKm) > 0
  const send = async () => {
    const location = { lat: Number(lat), lon: Number(lon) }
    const body = { id, name: name.trim(), tier, location, withinKm: Number(withinKm), kinds }
    if (await act('POST /api/outlets', {}, body, t('common.saved'))) close()
  }
  return (
    <Modal opened onClose={close} title={outlet ? outlet.name : t('network.add')}>
      <Stack gap="sm">
        <TextInput
          label={t('people.id')}
          value={id}
          disabled={outlet !== undefined}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <TextInput label={t('network.name')} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Select
          label={t('network.tier')}
          data={tiers.map((value) => ({ value, label: t(`network.tiers.${value}`) }))}
          value={tier}
          onChange={(value) => setTier(tiers.find((one) => one === value) ?? tier)}
        />
        <Group gap="sm" grow>
          <NumberInput label={t('network.lat')} value={lat} onChange={setLat} min={-90} max={90} decimalScale={5} />
          <NumberInput label={t('network.lon')} value={lon} onChange={setLon} min={-180} max={180} decimalScale={5} />
        </Group>
        <NumberInput label={t('network.within')} value={withinKm} onChange={setWithin} min={1} max={2_000} />
        <MultiSelect
          label={t('network.kinds')}
          placeholder={t('network.everyKind')}
          data={catalog?.items.map((one) => ({ value: one.kind, label: say(one.name) })) ?? []}
          value={kinds}
          onChange={setKinds}
        />
        <Button loading={busy} disabled={!isWhole} onClick={() => void send()}>
          {t('common.save')}
        </Button>
      </Stack>
    </Modal>
  )
}
