import { Alert, Anchor, Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconEye,
  IconHourglass,
  IconPlugConnectedX,
  IconTool,
} from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import { type Answer, useCall } from '../../api.ts'
import { number } from '../../components/format.tsx'
import { clockTime, exactTime, money, slotText } from '../../components/plainText.ts'
import { useWords } from '../../words/index.ts'
import { type Language, localeOf } from '../../words/language.ts'
import { CallFirm } from './CallFirm.tsx'
import { KeepInAccount } from './KeepInAccount.tsx'
import { LinkHeader, LinkPage } from './LinkPage.tsx'
import { useOwnersLanguage } from './useOwnersLanguage.ts'

type HomeView = Answer<'GET /api/p/:secret/home'>
type Own = HomeView['appliances'][number]

const looks = {
  well: { color: 'teal', Icon: IconCircleCheck },
  learning: { color: 'gray', Icon: IconHourglass },
  watched: { color: 'yellow', Icon: IconEye },
  visit: { color: 'orange', Icon: IconTool },
  failed: { color: 'red', Icon: IconAlertTriangle },
  proving: { color: 'blue', Icon: IconHourglass },
  silent: { color: 'gray', Icon: IconPlugConnectedX },
} as const

/** How are my appliances, what does it cost me, and what is to be done? For an owner, on a phone, by their own link. */
export default function Home() {
  const { t } = useWords()
  const { secret } = useParams({ strict: false }) as { secret: string }
  const { data: view, error } = useCall('GET /api/p/:secret/home', { secret }, 15_000)
  const language = view?.owner?.language
  useOwnersLanguage(language)
  return (
    <LinkPage view={view} error={error} title={t('home.title')}>
      {(view) => (
        <>
          <LinkHeader about={view.owner?.name}>{t('home.title')}</LinkHeader>
          {view.appliances.map((own) => (
            <OwnCard key={own.id} own={own} />
          ))}
          <KeepInAccount secret={secret} appliances={view.appliances} />
          <CallFirm firm={view.firm} />
          <Button component="a" href={`/p/${secret}`} variant="subtle" size="xs">
            {t('rights.toMyData')}
          </Button>
          <Text size="xs" c="dimmed" ta="center">
            {t('owner.footer')}
          </Text>
        </>
      )}
    </LinkPage>
  )
}

/** One appliance: its word, what was noticed, whether it is safe, what it costs, what comes. */
function OwnCard({ own }: { own: Own }) {
  const { t, say, lang } = useWords()
  const { color, Icon } = looks[own.word]
  const { energy, ticket } = own
  return (
    <Card withBorder padding="md" component="section" aria-label={`${say(own.kindName)} ${own.model}`}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap">
          <Title order={2} fz={17}>
            {say(own.kindName)} {own.model}
          </Title>
          <Badge color={color} variant="light" size="lg" tt="none" leftSection={<Icon size={14} aria-hidden />}>
            {t(`home.word.${own.word}`)}
          </Badge>
        </Group>
        {own.advice && (
          <Alert color="red" role="alert" icon={<IconAlertTriangle size={18} />}>
            <Text fw={600}>{say(own.advice)}</Text>
          </Alert>
        )}
        {own.noticed && <Text>{say(own.noticed)}</Text>}
        {own.noticed && !own.advice && (
          <Text fw={600} size="sm">
            {t(own.safe ? 'owner.safe' : 'owner.notSafe')}
          </Text>
        )}
        {energy && (
          <Text size="sm">
            {t('home.energy', {
              low: number(energy.kwh[0], lang, 0),
              high: number(energy.kwh[1], lang, 0),
              least: money(energy.cents[0], lang, energy.currency),
              most: money(energy.cents[1], lang, energy.currency),
            })}
          </Text>
        )}
        {ticket && (
          <div>
            {ticket.slot && (
              <Text fw={600}>
                {ticket.eta
                  ? t('owner.eta', { time: clockTime(ticket.eta, lang, ticket.timeZone) })
                  : slotText(ticket.slot, lang, ticket.timeZone)}
              </Text>
            )}
            <Text size="sm" c="dimmed">
              {t(`owner.step.${ticket.state}`)}
              {ticket.engineer ? ` · ${ticket.engineer}` : ''}
            </Text>
          </div>
        )}
        <Group grow>
          {ticket ? (
            <Button component="a" href={ticket.path} size="md">
              {t('home.follow')}
            </Button>
          ) : (
            <Button component="a" href={own.report} size="md" variant="light">
              {t('home.report')}
            </Button>
          )}
        </Group>
        {ticket && (
          <Anchor href={own.report} size="sm">
            {t('report.tellAnyway')}
          </Anchor>
        )}
        <Beside planned={own.beside} />
        {own.warrantyUntil !== undefined && (
          <Text size="sm">{t('home.warranty', { until: dayOf(own.warrantyUntil, lang) })}</Text>
        )}
        {own.before.length > 0 && <Before tickets={own.before} />}
      </Stack>
    </Card>
  )
}

/** What is planned besides what is shown: a clean, an inspection. */
function Beside({ planned }: { planned: Own['beside'] }) {
  const { t, say, lang } = useWords()
  return planned.map((one) => (
    <Anchor key={one.number} href={one.path} size="sm">
      {say(one.what)} · {one.slot ? slotText(one.slot, lang, one.timeZone) : t(`owner.step.${one.state}`)}
    </Anchor>
  ))
}

/** What was done before, with its bills. */
function Before({ tickets }: { tickets: Own['before'] }) {
  const { t, say, lang } = useWords()
  return (
    <details>
      <summary>
        <Text span size="sm" fw={600}>
          {t('home.before', { count: tickets.length })}
        </Text>
      </summary>
      {tickets.map((one) => (
        <Group key={one.number} justify="space-between" wrap="nowrap" gap="sm">
          <Anchor href={one.path} size="sm">
            {exactTime(one.at, lang)} · {say(one.cause, t(`owner.step.${one.state}`))}
          </Anchor>
          {one.totalCents !== undefined && <Text size="sm">{money(one.totalCents, lang, one.currency)}</Text>}
        </Group>
      ))}
    </details>
  )
}

const dayOf = (at: number, lang: Language): string =>
  new Date(at).toLocaleDateString(localeOf(lang), { dateStyle: 'medium' })
