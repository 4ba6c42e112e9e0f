import { Button, Card, Group, MultiSelect, NumberInput, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Answer } from '../../api.ts'
import { exactTime } from '../../components/plainText.ts'
import { SureButton } from '../../components/Sure.tsx'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

type View = Answer<'GET /api/on-call'>

/** People, their turns, and who stands in for whom. */
export function OnCallForms({ view }: { view: View }) {
  return (
    <Card withBorder padding="md">
      <Stack gap="lg">
        <People view={view} />
        <Rotas view={view} />
        <Overrides view={view} />
      </Stack>
    </Card>
  )
}

const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '').trim()

function People({ view }: { view: View }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    const phone = textOf(form, 'phone')
    const body = { name: textOf(form, 'name'), contact: textOf(form, 'contact'), ...(phone ? { phone } : {}) }
    if (await act('PUT /api/on-call/people/:id', { id: textOf(form, 'id') }, body, t('common.saved'))) element.reset()
  }
  return (
    <section aria-label={t('onCall.people')}>
      <Title order={2} mb="xs">
        {t('onCall.people')}
      </Title>
      {view.people.map(({ id, name, contact, phone }) => (
        <Group key={id} gap="xs" justify="space-between">
          <Text size="sm">
            {name} ({id}) · {contact}
            {phone ? ` · ${phone}` : ''}
          </Text>
          <Button
            size="compact-xs"
            variant="default"
            loading={busy}
            aria-label={`${t('channels.remove')}: ${name}`}
            onClick={() => void act('DELETE /api/on-call/people/:id', { id }, undefined, t('common.saved'))}
          >
            {t('channels.remove')}
          </Button>
        </Group>
      ))}
      <form onSubmit={(event) => void submit(event)}>
        <Group gap="xs" align="flex-end" mt="xs">
          <TextInput size="xs" name="id" label={t('onCall.id')} pattern="[A-Za-z0-9_\-]{1,64}" required />
          <TextInput size="xs" name="name" label={t('onCall.name')} required />
          <TextInput size="xs" name="contact" label={t('onCall.contact')} required />
          <TextInput size="xs" name="phone" label={t('onCall.phone')} />
          <Button size="xs" type="submit" loading={busy}>
            {t('common.save')}
          </Button>
        </Group>
      </form>
    </section>
  )
}

function Rotas({ view }: { view: View }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [members, setMembers] = useState<string[]>([])
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const body = {
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      since: textOf(form, 'since'),
      handoverHour: Number(form.get('hour')),
      turnDays: Number(form.get('days')),
      members,
    }
    await act('PUT /api/on-call/rotas/:id', { id: textOf(form, 'rota') }, body, t('common.saved'))
  }
  return (
    <section aria-label={t('onCall.rotas')}>
      <Title order={2} mb="xs">
        {t('onCall.rotas')}
      </Title>
      {view.rotas.map(({ id, members: ids, since, handoverHour, turnDays, timeZone }) => (
        <Group key={id} gap="xs" justify="space-between">
          <Text size="sm">
            {id}: {ids.join(' → ') || t('onCall.nobody')} (
            {t('onCall.turns', { days: turnDays, hour: handoverHour, since })}, {timeZone})
          </Text>
          <SureButton
            label={`${t('channels.remove')}: ${id}`}
            title={t('onCall.removeRota', { rota: id })}
            why={t('onCall.removeRotaWhy')}
            busy={busy}
            deed={async () =>
              (await act('DELETE /api/on-call/rotas/:id', { id }, undefined, t('common.saved'))) !== undefined
            }
          >
            {t('channels.remove')}
          </SureButton>
        </Group>
      ))}
      <form onSubmit={(event) => void submit(event)}>
        <Group gap="xs" align="flex-end" mt="xs">
          <TextInput
            size="xs"
            name="rota"
            label={t('onCall.rota')}
            pattern="[a-z0-9\-]{1,40}"
            defaultValue="desk"
            required
          />
          <MultiSelect
            size="xs"
            miw={160}
            label={t('onCall.members')}
            data={view.people.map(({ id, name }) => ({ value: id, label: name }))}
            value={members}
            onChange={setMembers}
          />
          <TextInput
            size="xs"
            type="date"
            name="since"
            label={t('onCall.since')}
            defaultValue={new Date(view.now).toISOString().slice(0, 10)}
            required
          />
          <NumberInput size="xs" w={90} name="hour" label={t('onCall.hour')} defaultValue={9} min={0} max={24} />
          <NumberInput size="xs" w={90} name="days" label={t('onCall.days')} defaultValue={7} min={1} max={366} />
          <Button size="xs" type="submit" loading={busy}>
            {t('common.save')}
          </Button>
        </Group>
      </form>
    </section>
  )
}

function Overrides({ view }: { view: View }) {
  const { t, lang } = useWords()
  const { act, busy } = useAction()
  const [rota, setRota] = useState<string | null>(view.rotas[0]?.id ?? null)
  const [person, setPerson] = useState<string | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const body = {
      rota,
      person,
      from: new Date(textOf(form, 'from')).getTime(),
      to: new Date(textOf(form, 'to')).getTime(),
      why: textOf(form, 'why'),
    }
    await act('POST /api/on-call/overrides', {}, body, t('common.saved'))
  }
  return (
    <section aria-label={t('onCall.overrides')}>
      <Title order={2} mb="xs">
        {t('onCall.overrides')}
      </Title>
      {view.overrides.map(({ id, rota: of, person: who, from, to, why }) => (
        <Group key={id} gap="xs" justify="space-between">
          <Text size="sm">
            {of}: {who}, {exactTime(from, lang)} – {exactTime(to, lang)} {why}
          </Text>
          <Button
            size="compact-xs"
            variant="default"
            loading={busy}
            aria-label={`${t('channels.remove')}: ${of} ${who}`}
            onClick={() => void act('DELETE /api/on-call/overrides/:id', { id }, undefined, t('common.saved'))}
          >
            {t('channels.remove')}
          </Button>
        </Group>
      ))}
      <form onSubmit={(event) => void submit(event)}>
        <Group gap="xs" align="flex-end" mt="xs">
          <Select
            size="xs"
            w={120}
            label={t('onCall.rota')}
            data={view.rotas.map(({ id }) => id)}
            value={rota}
            onChange={setRota}
          />
          <Select
            size="xs"
            w={140}
            label={t('onCall.name')}
            data={view.people.map(({ id, name }) => ({ value: id, label: name }))}
            value={person}
            onChange={setPerson}
          />
          <TextInput size="xs" type="datetime-local" name="from" label={t('onCall.from')} required />
          <TextInput size="xs" type="datetime-local" name="to" label={t('onCall.to')} required />
          <TextInput size="xs" name="why" label={t('common.why')} />
          <Button size="xs" type="submit" loading={busy} disabled={!rota || !person}>
            {t('common.save')}
          </Button>
        </Group>
      </form>
    </section>
  )
}
