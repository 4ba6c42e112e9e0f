import { Alert, Anchor, Button, Card, Group, Rating, Stack, Text, Textarea, Title } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconShieldCheck } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiError, call, type OwnerView, type Slot, useCall } from '../../api.ts'
import { money, slotText } from '../../components/format.tsx'
import { Panel } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'
import { Acceptance } from './Acceptance.tsx'
import { CallFirm } from './CallFirm.tsx'
import { clockTime } from './Home.tsx'
import { LinkHeader, LinkPage } from './LinkPage.tsx'
import { TicketReading } from './OwnerArticles.tsx'
import { AgreeBill, Guide, NoVisit, OwnCard, type OwnersDeed, SwapRight } from './OwnerParts.tsx'
import { OwnerPush } from './OwnerPush.tsx'
import { OwnerSteps } from './OwnerSteps.tsx'
import { Recommend } from './Recommend.tsx'
import { useOwnersLanguage } from './useOwnersLanguage.ts'

/** What is happening to my appliance? One screen on a phone, for whoever holds the link. */
export default function Owner() {
  const { t, say, lang } = useWords()
  const { secret } = useParams({ strict: false }) as { secret: string }
  const { data: view, error, refetch } = useCall('GET /api/t/:secret', { secret }, 3_000)
  const [refused, setRefused] = useState<string>()
  const [busy, setBusy] = useState(false)
  const [isMoving, setMoving] = useState(false)
  const [asking, ask] = useState<'decline' | 'cancel'>()
  const language = view?.owner?.language
  useOwnersLanguage(language)

  const act = async (what: OwnersDeed, body: unknown = {}) => {
    setBusy(true)
    setRefused(undefined)
    try {
      await call(`POST /api/t/:secret/${what}`, { secret }, body)
      setMoving(false)
      await refetch()
    } catch (problem) {
      setRefused(problem instanceof ApiError && problem.status ? problem.message : t('common.offline'))
    }
    setBusy(false)
  }
  const asks = view?.may.accept
  const slots = asks || isMoving ? (view?.slots ?? []) : []
  return (
    <LinkPage view={view} error={error} title={view?.number}>
      {(view) => (
        <>
          <LinkHeader
            about={`${view.number} · ${say(view.appliance.kindName, view.appliance.kind)} ${view.appliance.model}`}
          >
            {view.source === 'reported' && !view.bill ? t('owner.youReported') : say(view.noticed)}
          </LinkHeader>
          {refused && (
            <Alert color="red" role="alert">
              {refused}
            </Alert>
          )}
          {view.changed && asks && <Alert color="yellow">{say(view.changed)}</Alert>}
          <Stack gap={6}>
            <Text>{say(view.found)}</Text>
            <Group gap={8} wrap="nowrap" align="flex-start">
              {view.safe ? (
                <IconShieldCheck size={20} aria-hidden style={{ flexShrink: 0 }} />
              ) : (
                <IconAlertTriangle size={20} aria-hidden color="var(--late)" style={{ flexShrink: 0 }} />
              )}
              <Text fw={600}>{say(view.advice, t(view.safe ? 'owner.safe' : 'owner.notSafe'))}</Text>
            </Group>
          </Stack>
          {view.slot && view.isToCome && <Coming view={view} slot={view.slot} secret={secret} />}
          {view.swapRight && <SwapRight view={view} busy={busy} act={act} />}
          {view.compensation && <Alert color="teal">{t('card.sorry', { text: say(view.compensation) })}</Alert>}
          {view.guide && <Guide view={view} busy={busy} act={act} />}
          <Acceptance secret={secret} />
          {(asks || view.isToCome) && <TicketReading secret={secret} refresh={() => void refetch()} />}
          {slots.length > 0 && (
            <Stack gap="sm">
              <Title order={2}>{t('owner.chooseTime')}</Title>
              {slots.map((slot: Slot) => (
                <Button
                  key={slot.from}
                  size="lg"
                  px="xs"
                  fz="md"
                  variant="light"
                  fullWidth
                  disabled={busy}
                  onClick={() => void act(isMoving ? 'move' : 'accept', { slot })}
                >
                  {slotText(slot, lang, view.timeZone)}
                </Button>
              ))}
            </Stack>
          )}
          {(asks || view.may.move) && <Price view={view} />}
          {(view.may.move || view.may.decline || view.may.cancel) && (
            <Group gap="sm" grow>
              {view.may.move && !isMoving && (
                <Button variant="default" size="md" onClick={() => setMoving(true)}>
                  {t('owner.move')}
                </Button>
              )}
              {isMoving && (
                <Button variant="default" size="md" onClick={() => setMoving(false)}>
                  {t('owner.keepTime')}
                </Button>
              )}
              {view.may.decline && (
                <Button variant="default" size="md" disabled={busy} onClick={() => ask('decline')}>
                  {t('owner.decline')}
                </Button>
              )}
              {view.may.cancel && (
                <Button variant="default" size="md" disabled={busy} onClick={() => ask('cancel')}>
                  {t('owner.cancel')}
                </Button>
              )}
            </Group>
          )}
          {asking && (
            <Sure
              what={asking}
              busy={busy}
              yes={() => void act(asking).then(() => ask(undefined))}
              no={() => ask(undefined)}
            />
          )}
          {view.verification === 'passed' && (
            <Alert
              color="teal"
              icon={<IconCircleCheck size={18} />}
              title={t('owner.verified')}
              styles={{ title: { color: 'var(--mantine-color-text)' } }}
            >
              {t('owner.verifiedWhy')}
            </Alert>
          )}
          {view.bill && <Bill bill={view.bill} />}
          {view.bill && view.bill.lines.length > 0 && <AgreeBill view={view} busy={busy} act={act} />}
          {view.card && <OwnCard view={view} busy={busy} act={act} />}
          {view.may.rate && <Rate busy={busy} rate={(stars, text) => void act('rate', { stars, text })} />}
          {view.state === 'closed' && <Recommend secret={secret} />}
          {view.rating && (
            <Group gap="xs">
              <Rating value={view.rating.stars} readOnly />
              <Text size="sm">{t('owner.thanks')}</Text>
            </Group>
          )}
          <OwnerSteps view={view} />
          {view.may.mark && <NoVisit busy={busy} act={act} />}
          {view.may.notSolved && (
            <Button variant="subtle" disabled={busy} onClick={() => void act('not-solved')}>
              {t('owner.notSolved')}
            </Button>
          )}
          {view.owner && <OwnerPush secret={secret} />}
          <CallFirm firm={view.firm} />
          {view.owner && <ToMyData secret={secret} />}
          <Text size="xs" c="dimmed" ta="center">
            {t('owner.footer')}
          </Text>
        </>
      )}
    </LinkPage>
  )
}

/** The way to one's appliances, data and rights: the link to this page came to the owner alone. */
function ToMyData({ secret }: { secret: string }) {
  const { t } = useWords()
  const go = async (page: 'h' | 'p') => {
    const own = await call('POST /api/t/:secret/own-page', { secret }, {})
    location.href = own.path.replace('/p/', `/${page}/`)
  }
  return (
    <Group grow>
      <Button variant="subtle" size="xs" onClick={() => void go('h')}>
        {t('home.title')}
      </Button>
      <Button variant="subtle" size="xs" onClick={() => void go('p')}>
        {t('rights.toMyData')}
      </Button>
    </Group>
  )
}

/** Who comes, and when; on the day itself, when about. */
function Coming({ view, slot, secret }: { view: OwnerView; slot: Slot; secret: string }) {
  const { t, lang } = useWords()
  return (
    <Card withBorder padding="md">
      <Text size="sm" c="dimmed">
        {t(view.engineer ? 'owner.comes' : 'owner.planned')}
      </Text>
      <Text fw={600} fz="lg">
        {slotText(slot, lang, view.timeZone)}
      </Text>
      {view.eta !== undefined && (
        <Text fw={600}>{t('owner.eta', { time: clockTime(view.eta, lang, view.timeZone) })}</Text>
      )}
      {view.engineer && <Text>{view.engineer}</Text>}
      <Anchor href={`/api/t/${secret}/visit.ics`} download size="sm">
        {t('owner.calendar')}
      </Anchor>
    </Card>
  )
}

/** What ends the visit is asked twice. */
function Sure({ what, busy, yes, no }: { what: 'decline' | 'cancel'; busy: boolean; yes: () => void; no: () => void }) {
  const { t } = useWords()
  return (
    <Card withBorder padding="md" role="alertdialog" aria-label={t(`owner.sure.${what}`)}>
      <Text fw={600}>{t(`owner.sure.${what}`)}</Text>
      <Text size="sm" mb="sm">
        {t(`owner.sureWhy.${what}`)}
      </Text>
      <Group grow>
        <Button color="red" variant="light" disabled={busy} onClick={yes}>
          {t(`owner.sureYes.${what}`)}
        </Button>
        <Button variant="default" disabled={busy} onClick={no}>
          {t('owner.sureNo')}
        </Button>
      </Group>
    </Card>
  )
}

function Bill({ bill }: { bill: NonNullable<OwnerView['bill']> }) {
  const { t, lang } = useWords()
  return (
    <Panel title={t('ticket.bill')}>
      {bill.lines.map(({ text, textZh, cents }) => (
        <Group key={text} justify="space-between" wrap="nowrap">
          <Text size="sm">{lang === 'zh' ? textZh : text}</Text>
          <Text size="sm">{money(cents, lang, bill.currency)}</Text>
        </Group>
      ))}
      <Group justify="space-between" mt={4}>
        <Text fw={600}>{t('owner.youPay')}</Text>
        <Text fw={600}>{money(bill.totalCents, lang, bill.currency)}</Text>
      </Group>
    </Panel>
  )
}

/** The most it can cost, and who pays if we were wrong. */
function Price({ view }: { view: OwnerView }) {
  const { t, lang } = useWords()
  return (
    <Card withBorder padding="md">
      <Group justify="space-between">
        <Text>{t('owner.highestPrice')}</Text>
        <Text fw={700} fz="lg">
          {money(view.price.highestCents, lang, view.price.currency)}
        </Text>
      </Group>
      {view.price.lines.map(({ text, textZh, cents }) => (
        <Group key={text} justify="space-between" wrap="nowrap" gap="sm">
          <Text size="xs" c="dimmed">
            {lang === 'zh' ? textZh : text}
          </Text>
          <Text size="xs" c="dimmed">
            {money(cents, lang, view.price.currency)}
          </Text>
        </Group>
      ))}
      <Text size="sm" c="dimmed">
        {view.price.coveredByWarranty ? `${t('owner.warranty')} ` : ''}
        {t('owner.ifWrong')}
      </Text>
    </Card>
  )
}

function Rate({ busy, rate }: { busy: boolean; rate: (stars: number, text: string) => void }) {
  const { t } = useWords()
  const [stars, setStars] = useState(0)
  const [text, setText] = useState('')
  return (
    <Card withBorder padding="md">
      <Stack gap="sm">
        <Text fw={600}>{t('owner.rate')}</Text>
        <Rating size="xl" value={stars} onChange={setStars} getSymbolLabel={(count) => t('owner.stars', { count })} />
        {stars > 0 && (
          <>
            <Textarea
              label={t('owner.rateText')}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              autosize
            />
            <Button disabled={busy} onClick={() => rate(stars, text)}>
              {t('common.send')}
            </Button>
          </>
        )}
      </Stack>
    </Card>
  )
}
