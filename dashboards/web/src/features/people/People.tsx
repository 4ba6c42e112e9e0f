import {
  Badge,
  Button,
  Group,
  Modal,
  NumberInput,
  Select,
  Skeleton,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconUserPlus } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { type EngineerView, useCall } from '../../api.ts'
import { number } from '../../components/format.tsx'
import { type Column, Listing } from '../../components/Listing.tsx'
import { useNames } from '../../components/names.ts'
import { Failure, Page } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { ImportModal } from '../connect/ImportModal.tsx'
import { Standing } from './EngineerRecord.tsx'

const grades = ['A+', 'A', 'B', 'C', 'D'] as const

/** Who do we have, and how much has each to do? */
export default function People() {
  const { t } = useWords()
  const { data, error, refetch } = useCall('GET /api/engineers', { limit: 1000 }, 30_000)
  const [isAdding, adding] = useDisclosure()
  const [shown, show] = useState<string>()
  const columns = useColumns(show)
  useFresh(['ticket'], ['/api/engineers'])
  return (
    <Page
      title={t('nav.people')}
      action={
        <Allowed to="engineers.change">
          <Group gap="sm">
            <ImportModal
              list="engineers"
              columns="id, name, grade, skills, lat, lon, depot, outlet"
              example={'id,name,grade,skills,lat,lon\ne-1,Ada,A,refrigeration electrics,48.14,11.58'}
            />
            <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={adding.open}>
              {t('people.add')}
            </Button>
          </Group>
        </Allowed>
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={300} />}
      {data && (
        <Listing
          name="engineers"
          rows={data.items}
          keyOf={({ id }) => id}
          empty={t('people.empty')}
          columns={columns}
        />
      )}
      <Standing id={shown} close={() => show(undefined)} />
      <Modal opened={isAdding} onClose={adding.close} title={t('people.add')}>
        <EngineerForm done={adding.close} />
      </Modal>
    </Page>
  )
}

/** @param show opens the record of one */
function useColumns(show: (id: string) => void): Column<EngineerView>[] {
  const { t, lang } = useWords()
  return [
    { key: 'name', label: t('people.name'), value: ({ name }) => name },
    { key: 'id', label: t('people.id'), value: ({ id }) => id },
    {
      key: 'grade',
      label: t('people.grade'),
      value: ({ grade }) => grades.indexOf(grade),
      render: ({ grade }) => (
        <Badge variant="outline" color="gray" tt="none">
          {grade}
        </Badge>
      ),
    },
    {
      key: 'skills',
      label: t('people.skills'),
      value: ({ skills }) => skills.join(', '),
      render: ({ skills }) => (
        <Group gap={4}>
          {skills.map((skill) => (
            <Badge key={skill} variant="light" color="gray" tt="none" size="sm">
              {t(`skills.${skill as 'general'}`, { otherwise: skill })}
            </Badge>
          ))}
        </Group>
      ),
    },
    { key: 'openJobs', label: t('people.openJobs'), value: ({ openJobs }) => openJobs, isNumber: true },
    { key: 'depot', label: t('people.depot'), value: ({ depot }) => depot },
    { key: 'outlet', label: t('people.outlet'), value: ({ outlet }) => outlet },
    {
      key: 'shift',
      label: t('people.shift'),
      value: ({ shift }) => shift && `${shift[0]}–${shift[1]}`,
    },
    {
      key: 'stars',
      label: t('crew.stars'),
      isNumber: true,
      value: ({ stars }) => stars,
      render: ({ stars, ratings }) => (
        <Text size="sm" span title={t('crew.ofRatings', { count: ratings ?? 0 })}>
          {number(stars ?? 0, lang, 2)}
        </Text>
      ),
    },
    {
      key: 'isolated',
      label: t('people.isolated'),
      value: ({ isolated }) => isolated,
      render: ({ isolated }) =>
        isolated ? (
          <Badge color="red" variant="light" tt="none">
            {isolated}
          </Badge>
        ) : null,
    },
    {
      key: 'standing',
      label: '',
      value: () => undefined,
      render: ({ id, name }) => (
        <Allowed to="engineers.record">
          <Button size="compact-xs" variant="default" aria-label={t('crew.of', { name })} onClick={() => show(id)}>
            {t('crew.standing')}
          </Button>
        </Allowed>
      ),
    },
  ]
}

interface Shift {
  from: number | string
  until: number | string
}
const hoursOf = ({ from, until }: Shift) =>
  from !== '' && until !== '' ? { shift: [Number(from), Number(until)] } : {}

const personOf = (form: FormData) => ({
  id: String(form.get('id')).trim(),
  name: String(form.get('name')).trim(),
  location: { lat: Number(form.get('lat')), lon: Number(form.get('lon')) },
})

function EngineerForm({ done }: { done: () => void }) {
  const { t } = useWords()
  const known = useSkills()
  const { act, busy } = useAction()
  const { data: depots } = useCall('GET /api/depots', { limit: 1000 })
  const [grade, setGrade] = useState<string | null>('B')
  const [skills, setSkills] = useState<string[]>([])
  const [depot, setDepot] = useState<string | null>(null)
  const [outlet, setOutlet] = useState<string | null>(null)
  const [shift, setShift] = useState<Shift>({ from: '', until: '' })
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const chosen = { grade, skills, ...(depot ? { depot } : {}), ...(outlet ? { outlet } : {}), ...hoursOf(shift) }
    const saved = await act('POST /api/engineers', {}, { ...personOf(form), ...chosen }, t('common.saved'))
    if (saved) done()
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        <TextInput name="name" label={t('people.name')} required data-autofocus />
        <TextInput name="id" label={t('people.id')} pattern="[A-Za-z0-9_\-]{1,64}" required />
        <Group grow align="flex-start">
          <Select
            label={t('people.grade')}
            data={[...grades]}
            value={grade}
            onChange={setGrade}
            allowDeselect={false}
          />
          <Select
            label={t('people.depot')}
            data={depots?.items.map(({ id }) => id) ?? []}
            value={depot}
            onChange={setDepot}
            clearable
          />
        </Group>
        <Group grow align="flex-start">
          <Select
            label={t('people.outlet')}
            data={depots?.items.flatMap(({ id, type }) => (type === 'outlet' ? [id] : [])) ?? []}
            value={outlet}
            onChange={setOutlet}
            clearable
          />
          <NumberInput
            label={t('people.shiftFrom')}
            min={0}
            max={24}
            value={shift.from}
            onChange={(from) => setShift({ ...shift, from })}
          />
          <NumberInput
            label={t('people.shiftUntil')}
            min={0}
            max={24}
            value={shift.until}
            onChange={(until) => setShift({ ...shift, until })}
          />
        </Group>
        <TagsInput label={t('people.skills')} data={known} value={skills} onChange={setSkills} />
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

/** Those that repairs ask for. */
function useSkills(): string[] {
  const names = useNames()
  return [
    ...new Set(
      (names.catalog?.items ?? []).flatMap(({ failureModes }) =>
        Object.values(failureModes).flatMap((mode) => ('skill' in mode ? [String(mode.skill)] : [])),
      ),
    ),
  ]
}
