import {
  Anchor,
  Badge,
  Button,
  Drawer,
  Group,
  Select,
  Skeleton,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type EngineerView, useCall } from '../../api.ts'
import { number, When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { exactTime } from '../../components/plainText.ts'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { Earnings } from './Earnings.tsx'

const DAY_MS = 86_400_000

/** How one engineer stands: papers, stars, what was done about it; and what may be done now. */
export function Standing({ id, close }: { id: string | undefined; close: () => void }) {
  const { t } = useWords()
  const { data } = useCall('GET /api/engineers/:id/standing', id ? { id } : null)
  const engineer = data?.engineer?.id === id ? data?.engineer : undefined
  return (
    <Drawer
      opened={!!id}
      onClose={close}
      position="right"
      size="lg"
      title={engineer ? t('crew.of', { name: engineer.name }) : t('crew.standing')}
    >
      {!engineer && <Skeleton height={240} />}
      {engineer && (
        <Stack gap="md">
          <Grade engineer={engineer} formula={data?.formula ?? ''} />
          <Papers engineer={engineer} />
          <Allowed to="engineers.record">
            <MayTake id={engineer.id} />
          </Allowed>
          <Allowed to="engineers.pay">
            <Earnings id={engineer.id} />
          </Allowed>
          <Allowed to="engineers.judge">
            <Judge engineer={engineer} />
          </Allowed>
          <Table verticalSpacing={4}>
            <Table.Tbody>
              {data?.items.map(({ at, by, what, why: reason }, i) => (
                // The newest comes first, and two may share a moment
                <Table.Tr key={(data?.items.length ?? 0) - i}>
                  <Table.Td>
                    <Text size="sm" fw={500}>
                      {t(`crew.what.${what}`)}
                    </Text>
                    <Text size="xs">{reason}</Text>
                  </Table.Td>
                  <Table.Td ta="right">
                    <Text size="xs" c="dimmed">
                      <When at={at} /> · {by.replace('user:', '')}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Stack>
      )}
    </Drawer>
  )
}

const running = ({ retraining }: EngineerView) => retraining?.filter(({ passedAt }) => passedAt === undefined) ?? []

/** Grade and stars, whether they may be sent, and what they learn anew. */
function Grade({ engineer, formula }: { engineer: EngineerView; formula: string }) {
  const { t, say, lang } = useWords()
  const names = useNames()
  const learning = running(engineer)
  return (
    <>
      <Group gap="sm">
        <Badge variant="outline" color="gray" tt="none">
          {engineer.grade}
        </Badge>
        {engineer.gradeBecause && <Text size="sm">{say(engineer.gradeBecause)}</Text>}
        <Text size="sm">
          ★ {number(engineer.stars ?? 0, lang, 2)} {t('crew.ofRatings', { count: engineer.ratings ?? 0 })}
        </Text>
        {engineer.isolated && (
          <Badge color="red" variant="light">
            {t('people.isolated')}: {engineer.isolated}
          </Badge>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        {t('crew.formula', { formula })}
      </Text>
      {learning.length > 0 && (
        <Text size="sm">
          {t('crew.retraining', { modes: learning.map(({ failureMode }) => names.anyMode(failureMode)).join(', ') })}
        </Text>
      )}
    </>
  )
}

/** Open jobs that would be theirs to take, the best first, and which of them they asked for: to be told on the telephone. */
function MayTake({ id }: { id: string }) {
  const { t, say } = useWords()
  const names = useNames()
  const { data } = useCall('GET /api/engineers/:id/open-jobs', { id })
  if (!data) return null
  const asked = new Map(data.grabs.map((grab) => [grab.ticket, grab]))
  return (
    <div>
      <Title order={3}>{t('crew.open')}</Title>
      {data.jobs.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('crew.noneOpen')}
        </Text>
      )}
      {data.jobs.map(({ ticket, reasons }) => {
        const grab = asked.get(ticket.id)
        return (
          <div key={ticket.id}>
            <Text size="sm">
              <Anchor component={Link} to={`/tickets/${ticket.id}`} size="sm">
                {ticket.number}
              </Anchor>{' '}
              {names.kind(ticket.kind)} · {names.mode(ticket.kind, ticket.failureMode)}
            </Text>
            <Text size="xs" c="dimmed">
              {grab ? `${t('ticket.grabOpen')} ${say(grab.why)}` : reasons.join(' · ')}
            </Text>
          </div>
        )
      })}
    </div>
  )
}

/** What may be done about how somebody works; who does says why. */
function Judge({ engineer }: { engineer: EngineerView }) {
  const { t } = useWords()
  const names = useNames()
  const { act, busy } = useAction()
  const [why, setWhy] = useState('')
  const [mode, setMode] = useState<string | null>(null)
  const modes = [...new Set((names.catalog?.items ?? []).flatMap(({ failureModes }) => Object.keys(failureModes)))]
  const send = (what: 'isolate' | 'lift' | 'retraining' | 'retraining/pass', body: object) =>
    act(`POST /api/engineers/:id/${what}`, { id: engineer.id }, { ...body, why: why.trim() }, t('common.saved')).then(
      (done) => done && setWhy(''),
    )
  return (
    <>
      <TextInput label={t('common.why')} value={why} onChange={(event) => setWhy(event.currentTarget.value)} />
      <Group gap="sm">
        {engineer.isolated ? (
          <Button size="xs" loading={busy} disabled={!why.trim()} onClick={() => void send('lift', {})}>
            {t('crew.lift')}
          </Button>
        ) : (
          <Button
            size="xs"
            color="red"
            variant="light"
            loading={busy}
            disabled={!why.trim()}
            onClick={() => void send('isolate', {})}
          >
            {t('crew.isolate')}
          </Button>
        )}
        {running(engineer).map(({ failureMode }) => (
          <Button
            key={failureMode}
            size="xs"
            variant="default"
            loading={busy}
            disabled={!why.trim()}
            onClick={() => void send('retraining/pass', { failureMode })}
          >
            {t('crew.pass', { mode: names.anyMode(failureMode) })}
          </Button>
        ))}
      </Group>
      <Group gap="sm" align="flex-end">
        <Select
          size="xs"
          label={t('crew.faultClass')}
          data={modes.map((value) => ({ value, label: names.anyMode(value) }))}
          value={mode}
          onChange={setMode}
          searchable
        />
        <Button
          size="xs"
          variant="default"
          loading={busy}
          disabled={!mode || !why.trim()}
          onClick={() => void send('retraining', { failureModes: [mode] })}
        >
          {t('crew.retrain')}
        </Button>
      </Group>
    </>
  )
}

/** Certificates and days off; each change is saved at once. */
function Papers({ engineer }: { engineer: EngineerView }) {
  const { t, lang } = useWords()
  const { act, busy } = useAction()
  const [dayOff, setDayOff] = useState('')
  const save = (change: object) => {
    const { id, name: called, location, givenGrade, grade, skills } = engineer
    const body = { id, name: called, location, grade: givenGrade ?? grade, skills, ...change }
    return act('POST /api/engineers', {}, body, t('common.saved'))
  }
  const from = dayOff ? new Date(dayOff).getTime() : 0
  return (
    <div>
      <Title order={3}>{t('crew.certificates')}</Title>
      {!engineer.certificates && (
        <Text size="sm" c="dimmed">
          {t('crew.noPapers')}
        </Text>
      )}
      {engineer.certificates?.map(({ name: paper, validUntil }) => (
        <Text key={`${paper}/${validUntil}`} size="sm">
          {paper}: {validUntil ? exactTime(validUntil, lang) : t('crew.forever')}
        </Text>
      ))}
      <Allowed to="engineers.change">
        <Group gap="sm" align="flex-end" mt="xs">
          <AddCertificate engineer={engineer} save={save} busy={busy} />
          <TextInput
            size="xs"
            type="date"
            label={t('crew.dayOff')}
            value={dayOff}
            onChange={(event) => setDayOff(event.currentTarget.value)}
          />
          <Button
            size="xs"
            variant="default"
            loading={busy}
            disabled={!dayOff}
            onClick={() => void save({ daysOff: [...(engineer.daysOff ?? []), { from, to: from + DAY_MS }] })}
          >
            {t('crew.addDayOff')}
          </Button>
        </Group>
      </Allowed>
      {(engineer.daysOff ?? []).map(({ from: off }) => (
        <Text key={off} size="xs" c="dimmed">
          {t('crew.dayOff')}: {new Date(off).toLocaleDateString(lang)}
        </Text>
      ))}
    </div>
  )
}

function AddCertificate(props: { engineer: EngineerView; save: (change: object) => Promise<unknown>; busy: boolean }) {
  const { t } = useWords()
  const { engineer, save, busy } = props
  const [name, setName] = useState('')
  const [until, setUntil] = useState('')
  return (
    <>
      <TextInput
        size="xs"
        label={t('crew.certificate')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        size="xs"
        type="date"
        label={t('crew.validUntil')}
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
      <Button
        size="xs"
        variant="default"
        loading={busy}
        disabled={!name.trim()}
        onClick={() =>
          void save({
            certificates: [
              ...(engineer.certificates ?? []).filter((paper) => paper.name !== name.trim()),
              { name: name.trim(), ...(until ? { validUntil: new Date(until).getTime() } : {}) },
            ],
          })
        }
      >
        {t('crew.addCertificate')}
      </Button>
    </>
  )
}
