import { Anchor, Badge, Button, Card, Group, List, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core'
import { IconCloudUp, IconMapPin, IconPhone } from '@tabler/icons-react'
import { type Ticket, useCall } from '../../api.ts'
import { number } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { exactTime, money, slotText } from '../../components/plainText.ts'
import { useWords } from '../../words/index.ts'
import type { JobHere } from './applyWrites.ts'
import { JobSteps } from './JobSteps.tsx'
import type { Job, Van } from './job.ts'

/** When, what, where, in three lines. */
export function JobLine({ job }: { job: Omit<Job, 'before' | 'photos'> & { isAhead?: boolean } }) {
  const { t, lang } = useWords()
  const names = useNames()
  return (
    <>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text fw={600} style={{ whiteSpace: 'nowrap' }}>
          {job.slot ? slotText(job.slot, lang, job.timeZone) : job.number}
        </Text>
        {/* Nothing here makes a line more: the buttons below would move away from under a thumb. */}
        <Badge
          variant="light"
          tt="none"
          miw={0}
          leftSection={job.isAhead ? <IconCloudUp size={12} aria-hidden /> : undefined}
        >
          {t(`ticketState.${job.state}`)}
          {job.isAhead && <VisuallyHidden>{t('my.notSent')}</VisuallyHidden>}
        </Badge>
      </Group>
      <Text size="sm">{names.mode(job.kind, job.failureMode ?? 'unknown')}</Text>
      <Text size="xs" c="dimmed">
        {job.number} · {job.appliance} · {t('my.minutes', { minutes: job.minutes })}
        {job.km !== undefined && ` · ${t('my.km', { km: number(job.km, lang, 1) })}`}
      </Text>
    </>
  )
}

/** All that is to be known at the door, and the next step under the thumb. */
export function JobCard({ job, van }: { job: JobHere; van: Van | undefined }) {
  const { t, say } = useWords()
  const { data: ticket } = useCall('GET /api/tickets/:id', { id: job.id })
  return (
    <Card withBorder padding="md" component="section" aria-label={t('my.next')} style={{ overflow: 'visible' }}>
      <Stack gap="sm">
        <div>
          <JobLine job={job} />
        </div>
        <Way job={job} ticket={ticket} />
        <Text size="sm">{say(job.diagnosis)}</Text>
        {ticket && <Checks ticket={ticket} />}
        <Kit job={job} van={van} />
        {job.photos.length > 0 && (
          <Group gap="xs">
            {job.photos.map((name) => (
              <Anchor key={name} href={`/api/tickets/${job.id}/photos/${name}`} target="_blank" size="sm">
                {t('visit.photo')}
              </Anchor>
            ))}
          </Group>
        )}
        <Before job={job} />
        {ticket?.bill && <Bill bill={ticket.bill} />}
        {ticket ? <JobSteps job={job} ticket={ticket} van={van} /> : <Skeleton height={60} />}
      </Stack>
    </Card>
  )
}

function Way({ job: { location }, ticket }: { job: Job; ticket: Ticket | undefined }) {
  const { t } = useWords()
  return (
    <>
      <Group gap="sm" grow>
        {ticket?.owner?.contact && (
          <Button
            component="a"
            href={ticket.owner.contact.includes('@') ? `mailto:${ticket.owner.contact}` : `tel:${ticket.owner.contact}`}
            variant="default"
            size="md"
            leftSection={<IconPhone size={18} aria-hidden />}
          >
            {t('my.call', { name: ticket.owner.name })}
          </Button>
        )}
        {location && (
          <Button
            component="a"
            href={`geo:${location.lat},${location.lon}?q=${location.lat},${location.lon}`}
            variant="default"
            size="md"
            leftSection={<IconMapPin size={18} aria-hidden />}
          >
            {t('my.way')}
          </Button>
        )}
      </Group>
      {location && (
        <Anchor
          size="xs"
          href={`https://www.openstreetmap.org/?mlat=${location.lat}&mlon=${location.lon}#map=17/${location.lat}/${location.lon}`}
          target="_blank"
          rel="noreferrer"
        >
          {location.lat.toFixed(4)}, {location.lon.toFixed(4)}
        </Anchor>
      )}
      {ticket?.owner && !ticket.owner.contact && (
        <Text size="xs" c="dimmed">
          {t('my.callLater')}
        </Text>
      )}
    </>
  )
}

/** Three rows of proof, and what to look at because of them. */
function Checks({ ticket }: { ticket: Ticket }) {
  const { t } = useWords()
  const names = useNames()
  const rows = ticket.evidence.slice(0, 3)
  const parts = ticket.kit.toSorted((a, b) => b.probability - a.probability).slice(0, 3)
  if (rows.length === 0 && parts.length === 0) return null
  return (
    <div>
      <Text size="sm" fw={600}>
        {t('my.checks')}
      </Text>
      <List type="ordered" size="sm" spacing={2}>
        {rows.map((row) => (
          <List.Item key={row.feature}>
            {t('my.look', {
              feature: names.feature(ticket.kind, row.feature),
              observed: names.value(ticket.kind, row.feature, row.observed, row.unit),
              low: names.value(ticket.kind, row.feature, row.expected[0], '1'),
              high: names.value(ticket.kind, row.feature, row.expected[1], row.unit),
            })}
          </List.Item>
        ))}
        {parts.map(({ part, probability }) => (
          <List.Item key={part}>
            {t('my.lookAtPart', { part: names.part(ticket.kind, part), share: Math.round(100 * probability) })}
          </List.Item>
        ))}
      </List>
    </div>
  )
}

function Kit({ job, van }: { job: Job; van: Van | undefined }) {
  const { t } = useWords()
  const names = useNames()
  const has = (part: string): number => van?.stock.find((one) => one.part === part)?.quantity ?? 0
  return (
    <div>
      <Text size="sm" fw={600}>
        {t('my.kit')}
      </Text>
      {job.kit.length === 0 && <Text size="sm">{t('my.noKit')}</Text>}
      {job.kit.map(({ part, quantity }) => (
        <Text key={part} size="sm">
          {quantity} × {names.part(job.kind, part)}
          {van && (
            <Text span size="xs" c="dimmed">
              {' '}
              · {has(part) >= quantity ? t('my.isInVan') : t('my.notInVan')}
            </Text>
          )}
        </Text>
      ))}
    </div>
  )
}

function Before({ job }: { job: Job }) {
  const { t, lang } = useWords()
  const names = useNames()
  return (
    <details>
      <summary>
        <Text span size="sm" fw={600}>
          {t('my.before', { count: job.before.length })}
        </Text>
      </summary>
      {job.before.length === 0 && <Text size="sm">{t('my.neverBefore')}</Text>}
      {job.before.map(({ number: of, createdAt, state, cause, parts }) => (
        <Text key={of} size="sm">
          {exactTime(createdAt, lang)} · {of} · {cause ? names.mode(job.kind, cause) : t(`ticketState.${state}`)}
          {parts && parts.length > 0 && ` · ${parts.map((part) => names.part(job.kind, part)).join(', ')}`}
        </Text>
      ))}
    </details>
  )
}

function Bill({ bill }: { bill: NonNullable<Ticket['bill']> }) {
  const { t, lang } = useWords()
  return (
    <Group justify="space-between">
      <Text size="sm" fw={600}>
        {t('ticket.bill')}
      </Text>
      <Text size="sm" fw={600}>
        {money(bill.totalCents, lang, bill.currency)}
      </Text>
    </Group>
  )
}
