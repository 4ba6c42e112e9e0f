import { Button, Modal, NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type Depot, useCall } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

/** Stock came to a place, or goes from one to another. */
export function MoveStock({ depots, opened, close }: { depots: readonly Depot[]; opened: boolean; close: () => void }) {
  const { t, say } = useWords()
  const { act, busy } = useAction()
  const { data: parts } = useCall('GET /api/parts', opened ? {} : null)
  const [part, setPart] = useState<string | null>(null)
  const [from, setFrom] = useState<string | null>(null)
  const [to, setTo] = useState<string | null>(null)
  const [quantity, setQuantity] = useState<number | string>(1)
  const [why, setWhy] = useState('')
  const places = depots.map(({ id }) => id)
  const send = async () => {
    const body = { part, quantity: Number(quantity), to, why: why.trim(), ...(from ? { from } : {}) }
    if (await act('POST /api/parts/moves', {}, body, t('common.saved'))) close()
  }
  return (
    <Modal opened={opened} onClose={close} title={t('parts.moveStock')}>
      <Stack>
        <Select
          label={t('parts.part')}
          data={(parts?.items ?? []).map(({ part: value, text }) => ({ value, label: say(text, value) }))}
          value={part}
          onChange={setPart}
          searchable
        />
        <Select
          label={t('parts.fromPlace')}
          placeholder={t('parts.fromOutside')}
          data={places}
          value={from}
          onChange={setFrom}
          clearable
        />
        <Select label={t('parts.toPlace')} data={places.filter((id) => id !== from)} value={to} onChange={setTo} />
        <NumberInput label={t('common.quantity')} min={1} max={100_000} value={quantity} onChange={setQuantity} />
        <TextInput label={t('common.why')} value={why} onChange={(event) => setWhy(event.currentTarget.value)} />
        <Button loading={busy} disabled={!part || !to || !(Number(quantity) >= 1)} onClick={() => void send()}>
          {t('parts.moveNow')}
        </Button>
      </Stack>
    </Modal>
  )
}
