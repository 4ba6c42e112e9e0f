import {
  Button,
  Group,
  Modal,
  NumberInput,
  SegmentedControl,
  Select,
  Skeleton,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconEdit, IconPlus } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { type Depot, useCall } from '../../api.ts'
import { type Column, Listing } from '../../components/Listing.tsx'
import { useNames } from '../../components/names.ts'
import { Failure, Page } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { useFilters } from '../../components/useFilters.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { ImportModal } from '../connect/ImportModal.tsx'
import { MoveStock } from './MoveStock.tsx'
import { Restock, StockMoves } from './StockViews.tsx'

const types = ['depot', 'outlet', 'van'] as const
const views = ['stock', 'restock', 'ledger'] as const

/** What do we have, and where? */
export default function Parts() {
  const { t } = useWords()
  const [filters, filter] = useFilters<'place' | 'view'>()
  const { data, error, refetch } = useCall('GET /api/depots', { limit: 1000 }, 30_000)
  const [isAdding, adding] = useDisclosure()
  const [isMoving, moving] = useDisclosure()
  const [editing, edit] = useState<{ depot: Depot; part?: string }>()
  useFresh(['ticket'], ['/api/depots'])
  const columns = useColumns(edit)
  const view = views.find((one) => one === filters.view) ?? 'stock'
  const rows = (data?.items ?? [])
    .filter(({ id }) => !filters.place || id === filters.place)
    .flatMap((depot) => depot.stock.map((line) => ({ depot, ...line })))
  return (
    <Page
      title={t('nav.parts')}
      action={
        <Allowed to="stock.change">
          <Tools
            isEmpty={!data?.items.length}
            add={() => {
              const depot = data?.items.find(({ id }) => id === filters.place) ?? data?.items[0]
              if (depot) edit({ depot })
            }}
            move={moving.open}
            addPlace={adding.open}
          />
        </Allowed>
      }
    >
      <SegmentedControl
        w="fit-content"
        size="xs"
        aria-label={t('nav.parts')}
        data={views.map((value) => ({ value, label: t(`parts.views.${value}`) }))}
        value={view}
        onChange={(next) => filter({ view: next === 'stock' ? null : next })}
      />
      {view === 'restock' && <Restock />}
      {view === 'ledger' && <StockMoves />}
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={300} />}
      {data && view === 'stock' && (
        <Listing
          name="stock"
          rows={rows}
          keyOf={({ depot, part }) => `${depot.id}/${part}`}
          empty={t('parts.empty')}
          tools={
            <Select
              size="xs"
              w={200}
              aria-label={t('parts.place')}
              placeholder={t('parts.place')}
              data={data.items.map(({ id, type }) => ({ value: id, label: `${id} (${t(`parts.types.${type}`)})` }))}
              value={filters.place ?? null}
              onChange={(place) => filter({ place })}
              clearable
              searchable
            />
          }
          columns={columns}
        />
      )}
      <Modal opened={isAdding} onClose={adding.close} title={t('parts.addPlace')}>
        <PlaceForm done={adding.close} />
      </Modal>
      <Modal opened={!!editing} onClose={() => edit(undefined)} title={editing?.depot.id}>
        {editing && <StockForm {...editing} done={() => edit(undefined)} />}
      </Modal>
      <MoveStock depots={data?.items ?? []} opened={isMoving} close={moving.close} />
    </Page>
  )
}

interface Line {
  depot: Depot
  part: string
  quantity: number
  reserved?: number
}

/** @param edit changes how many of a part there are */
function useColumns(edit: (line: { depot: Depot; part: string }) => void): Column<Line>[] {
  const { t } = useWords()
  const names = useNames()
  return [
    {
      key: 'part',
      label: t('parts.part'),
      value: ({ part }) => names.anyPart(part),
      render: ({ part }) => (
        <>
          {names.anyPart(part)}{' '}
          <Text span size="xs" c="dimmed">
            {part}
          </Text>
        </>
      ),
    },
    { key: 'place', label: t('parts.place'), value: ({ depot }) => depot.id },
    { key: 'type', label: t('parts.type'), value: ({ depot }) => t(`parts.types.${depot.type}`) },
    { key: 'quantity', label: t('common.quantity'), value: ({ quantity }) => quantity, isNumber: true },
    { key: 'reserved', label: t('parts.reserved'), value: ({ reserved }) => reserved ?? 0, isNumber: true },
    {
      key: 'edit',
      label: t('parts.change'),
      value: () => '',
      render: ({ depot, part }) => (
        <Allowed to="stock.change">
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconEdit size={12} aria-hidden />}
            aria-label={t('parts.changeOf', { part: names.anyPart(part), place: depot.id })}
            onClick={() => edit({ depot, part })}
          >
            {t('parts.change')}
          </Button>
        </Allowed>
      ),
    },
  ]
}

function Tools(props: { isEmpty: boolean; add: () => void; move: () => void; addPlace: () => void }) {
  const { t } = useWords()
  const { isEmpty, add, move, addPlace } = props
  return (
    <Group gap="sm">
      <ImportModal
        list="stock"
        columns="depot, part, quantity, type, lat, lon"
        example={'depot,part,quantity\nvan-1,door-gasket,2'}
      />
      <Button variant="default" disabled={isEmpty} onClick={add}>
        {t('parts.addStock')}
      </Button>
      <Button variant="default" disabled={isEmpty} onClick={move}>
        {t('parts.moveStock')}
      </Button>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={addPlace}>
        {t('parts.addPlace')}
      </Button>
    </Group>
  )
}

function StockForm({ depot, part: first, done }: { depot: Depot; part?: string; done: () => void }) {
  const { t } = useWords()
  const names = useNames()
  const { act, busy } = useAction()
  const [part, setPart] = useState<string | null>(first ?? null)
  const [quantity, setQuantity] = useState<number | string>(
    depot.stock.find((line) => line.part === first)?.quantity ?? 1,
  )
  const parts = [...new Set((names.catalog?.items ?? []).flatMap((item) => Object.keys(item.parts)))]
  const save = async () => {
    const others = depot.stock.filter((line) => line.part !== part)
    const stock = [...others, { part: part ?? '', quantity: Number(quantity) }].toSorted((a, b) =>
      a.part < b.part ? -1 : 1,
    )
    if (await act('POST /api/depots', {}, { ...depot, stock }, t('common.saved'))) done()
  }
  return (
    <Stack gap="sm">
      <Select
        label={t('parts.part')}
        data={parts.map((value) => ({ value, label: names.anyPart(value) }))}
        value={part}
        onChange={setPart}
        searchable
        disabled={!!first}
      />
      <NumberInput
        label={t('common.quantity')}
        min={0}
        allowDecimal={false}
        value={quantity}
        onChange={setQuantity}
        data-autofocus
      />
      <Button onClick={() => void save()} loading={busy} disabled={!part || quantity === ''}>
        {t('common.save')}
      </Button>
    </Stack>
  )
}

function PlaceForm({ done }: { done: () => void }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [type, setType] = useState<string | null>('van')
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const place = {
      id: String(form.get('id')).trim(),
      type,
      location: { lat: Number(form.get('lat')), lon: Number(form.get('lon')) },
      stock: [],
    }
    if (await act('POST /api/depots', {}, place, t('common.saved'))) done()
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        <TextInput name="id" label={t('people.id')} pattern="[A-Za-z0-9_\-]{1,64}" required data-autofocus />
        <Select
          label={t('parts.type')}
          data={types.map((value) => ({ value, label: t(`parts.types.${value}`) }))}
          value={type}
          onChange={setType}
          allowDeselect={false}
        />
        <Group grow align="flex-start">
          <TextInput name="lat" type="number" step="any" min={-90} max={90} label={t('common.latitude')} required />
          <TextInput name="lon" type="number" step="any" min={-180} max={180} label={t('common.longitude')} required />
        </Group>
        <Button type="submit" loading={busy}>
          {t('common.save')}
        </Button>
      </Stack>
    </form>
  )
}
