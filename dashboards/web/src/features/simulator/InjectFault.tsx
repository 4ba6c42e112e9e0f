import { Button, Group, Modal, NumberInput, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { type ApplianceView, type SimulatedFault, useCall } from '../../api.ts'
import { useNames } from '../../components/names.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'
import { useOwnFault } from './ownFault.ts'

export const shapes = ['linear', 'exponential', 'power', 'step', 'intermittent'] as const
export type Shape = (typeof shapes)[number]
/** Red within moments: what "Break one" proposes. */
const QUICK = { kind: 'fridge', failureMode: 'start-relay-failure', days: 0.5 }

/** The sounder it is and the more it measures, the better it shows a fault. */
const shows = ({ status, lastReading }: ApplianceView): number =>
  (status === 'healthy' || status === 'learning' ? 100 : 0) + Object.keys(lastReading?.metrics ?? {}).length

/** Choose an appliance and what shall go wrong with it. */
export function InjectForm({ appliance, done }: { appliance?: string; done?: (fault: SimulatedFault) => void }) {
  const { t } = useWords()
  const names = useNames()
  const { act, busy } = useAction()
  const [, follow] = useOwnFault()
  const { ids, proposed, chosen, pick, setSearch } = useOffered(appliance)
  const [mode, setMode] = useState<string | null>(null)
  const [givenDays, setDays] = useState<number | string>()
  const [shape, setShape] = useState<string | null>(null)
  const modes = Object.keys(names.kindOf(chosen?.kind ?? '')?.failureModes ?? {})
  const failureMode =
    mode && modes.includes(mode) ? mode : modes.includes(QUICK.failureMode) ? QUICK.failureMode : (modes[0] ?? null)
  // What is proposed shows soon; what somebody chose takes its usual course unless they say otherwise.
  const days = givenDays ?? (mode === null && failureMode === QUICK.failureMode ? QUICK.days : '')
  const inject = async () => {
    const fault = await act(
      'POST /api/simulator/faults',
      {},
      {
        appliance: proposed,
        failureMode,
        ...(typeof days === 'number' ? { days } : {}),
        ...(shape ? { shape } : {}),
      },
      t('simulator.injected', { appliance: proposed ?? '', mode: names.mode(chosen?.kind ?? '', failureMode ?? '') }),
    )
    if (!fault) return
    follow({ appliance: fault.appliance, onset: fault.onset })
    done?.(fault)
  }
  return (
    <Stack gap="sm">
      {!appliance && (
        <Select
          label={t('common.appliance')}
          data={ids}
          value={proposed}
          onChange={pick}
          searchable
          onSearchChange={setSearch}
          filter={({ options }) => options}
          nothingFoundMessage={t('common.nothingMatches')}
          allowDeselect={false}
        />
      )}
      <Select
        label={t('common.failureMode')}
        data={modes.map((value) => ({ value, label: names.mode(chosen?.kind ?? '', value) }))}
        value={failureMode}
        onChange={setMode}
        allowDeselect={false}
      />
      <Group grow align="flex-start">
        <NumberInput
          label={t('simulator.days')}
          placeholder={t('simulator.asUsual')}
          min={0.1}
          max={400}
          value={days}
          onChange={setDays}
        />
        <Select
          label={t('simulator.shape')}
          placeholder={t('simulator.asUsual')}
          data={shapes.map((value) => ({ value, label: t(`simulator.shapes.${value}`) }))}
          value={shape}
          onChange={setShape}
          clearable
        />
      </Group>
      <Text size="sm" c="dimmed">
        {t('simulator.injectHint')}
      </Text>
      <Button onClick={() => void inject()} loading={busy} disabled={!proposed || !failureMode}>
        {t('simulator.inject')}
      </Button>
    </Stack>
  )
}

/** Appliances to choose from, those that show a fault best first. */
function useOffered(appliance: string | undefined) {
  const [search, setSearch] = useState('')
  const [picked, pick] = useState<string | null>(appliance ?? null)
  const asked = search && search !== picked
  const { data: list } = useCall(
    'GET /api/appliances',
    appliance ? null : { limit: 100, ...(asked ? { q: search } : { kind: QUICK.kind }) },
  )
  const { data: one } = useCall('GET /api/appliances/:id', picked ? { id: picked } : null)
  const offered = (list?.items ?? []).toSorted((a, b) => shows(b) - shows(a))
  const proposed = picked ?? offered[0]?.id ?? null
  const chosen = offered.find(({ id }) => id === proposed) ?? (one?.id === proposed ? one : undefined)
  const ids = [...new Set([...(proposed ? [proposed] : []), ...offered.map(({ id }) => id)])]
  return { ids, proposed, chosen, pick, setSearch }
}

export function InjectModal(props: {
  opened: boolean
  close: () => void
  appliance?: string
  done?: (fault: SimulatedFault) => void
}) {
  const { t } = useWords()
  return (
    <Modal opened={props.opened} onClose={props.close} title={t('simulator.breakOne')}>
      <InjectForm
        appliance={props.appliance}
        done={(fault) => {
          props.close()
          props.done?.(fault)
        }}
      />
    </Modal>
  )
}
