import {
  Anchor,
  Button,
  Card,
  Code,
  Container,
  Group,
  NumberInput,
  Select,
  Stack,
  Switch,
  Text,
  Title,
} from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type Answer, useCall } from '../../api.ts'
import { Panel } from '../../components/Page.tsx'
import { exactTime } from '../../components/plainText.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'
import { ErasureLines } from './ErasureLines.tsx'
import { KeepInAccount } from './KeepInAccount.tsx'
import { LinkHeader, LinkPage } from './LinkPage.tsx'
import { OwnMembership } from './OwnMembership.tsx'
import { useOwnersLanguage } from './useOwnersLanguage.ts'

type MyDataView = Answer<'GET /api/p/:secret'>
type ErasureReport = Answer<'POST /api/p/:secret/erase'>

/** What is known of an owner, and what they may do about it; on a phone, by the link that they alone are sent. */
export default function MyData() {
  const { t, say } = useWords()
  const { secret } = useParams({ strict: false }) as { secret: string }
  const path = `/api/p/${encodeURIComponent(secret)}`
  const { data: view, error } = useCall('GET /api/p/:secret', { secret })
  const language = view?.owner?.language
  const [erased, setErased] = useState<ErasureReport>()
  useOwnersLanguage(language)
  if (erased)
    return (
      <Container size={560} px="md" py="lg" component="main">
        <Title order={1} fz={22} mb="md">
          {t('rights.erased')}
        </Title>
        <ErasureLines report={erased} />
      </Container>
    )
  return (
    <LinkPage view={view} error={error} title={t('rights.title')} size={560} tellsWhy>
      {(view) => (
        <>
          <LinkHeader
            about={
              <>
                {say(view.kindName)} {view.model} · {view.id}
              </>
            }
            more={
              <Anchor href={`/h/${secret}`} size="sm">
                {t('home.title')}
              </Anchor>
            }
          >
            {t('rights.title')}
          </LinkHeader>
          <KeepInAccount secret={secret} appliances={view.appliances} />
          <OwnMembership secret={secret} />
          <Known view={view} path={path} />
          <ConsentList view={view} secret={secret} />
          <ShareList view={view} secret={secret} />
          <Erase secret={secret} done={setErased} />
        </>
      )}
    </LinkPage>
  )
}

function Known({ view, path }: { view: MyDataView; path: string }) {
  const { t } = useWords()
  return (
    <Panel title={t('rights.known')}>
      <Text>{view.owner?.name}</Text>
      <Text style={{ overflowWrap: 'anywhere' }}>{view.owner?.contact}</Text>
      <Text size="sm" c="dimmed" mt="xs">
        {t('rights.appliances')}: {view.appliances.map(({ id, model }) => `${model} (${id})`).join(', ')}
      </Text>
      <Group mt="md" gap="sm">
        {(['json', 'csv'] as const).map((format) => (
          <Button key={format} component="a" variant="default" href={`${path}/data?format=${format}`} download>
            {t('rights.download')} ({format.toUpperCase()})
          </Button>
        ))}
      </Group>
      <Text size="xs" c="dimmed" mt="xs">
        {t('rights.downloadHint')}
      </Text>
    </Panel>
  )
}

function ConsentList({ view, secret }: { view: MyDataView; secret: string }) {
  const { t, lang } = useWords()
  const { act, busyWith } = useAction()
  return (
    <Card withBorder padding="md">
      <Title order={2}>{t('rights.consents')}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('rights.consentHint')}
      </Text>
      <Stack gap="sm">
        {view.consents.map(({ purpose, given, since }) => (
          <Switch
            key={purpose}
            checked={given}
            disabled={busyWith !== undefined}
            label={t(`rights.purposes.${purpose}`)}
            description={since ? t('rights.since', { at: exactTime(since, lang) }) : undefined}
            onChange={(event) =>
              void act(
                'POST /api/p/:secret/consents',
                { secret },
                { purpose, given: event.currentTarget.checked },
                t('common.saved'),
              )
            }
          />
        ))}
      </Stack>
    </Card>
  )
}

function ShareList({ view, secret }: { view: MyDataView; secret: string }) {
  const { t, lang } = useWords()
  const { act, busy } = useAction()
  const [scope, setScope] = useState<string>('signals')
  const [days, setDays] = useState<string | number>(7)
  return (
    <Card withBorder padding="md">
      <Title order={2}>{t('rights.shares')}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('rights.shareHint')}
      </Text>
      <Stack gap="sm">
        {view.shares.map((share) => (
          <Card key={share.id} withBorder padding="sm">
            <Text size="sm">
              {t(`rights.scopes.${share.scope}`)},{' '}
              {share.path ? t('rights.until', { at: exactTime(share.endsAt, lang) }) : t('rights.ended')}
            </Text>
            <Text size="xs" c="dimmed">
              {share.uses[0]
                ? t('rights.looks', { count: share.uses.length, at: exactTime(share.uses[0].at, lang) })
                : t('rights.neverLooked')}
            </Text>
            {share.path && (
              <>
                <Code block my="xs" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                  {location.origin + share.path}
                </Code>
                <Button
                  size="xs"
                  variant="default"
                  loading={busy}
                  onClick={() =>
                    void act(
                      'DELETE /api/p/:secret/shares/:share',
                      { secret, share: share.id },
                      undefined,
                      t('common.saved'),
                    )
                  }
                >
                  {t('rights.end')}
                </Button>
              </>
            )}
          </Card>
        ))}
        <Group align="flex-end" gap="sm">
          <Select
            label={t('rights.scope')}
            data={(['signals', 'signals-and-repairs'] as const).map((value) => ({
              value,
              label: t(`rights.scopes.${value}`),
            }))}
            value={scope}
            onChange={(value) => setScope(value ?? 'signals')}
            allowDeselect={false}
          />
          <NumberInput label={t('rights.days')} value={days} onChange={setDays} min={1} max={365} w={140} />
          <Button
            variant="default"
            loading={busy}
            onClick={() => void act('POST /api/p/:secret/shares', { secret }, { scope, days: Number(days) })}
          >
            {t('rights.share')}
          </Button>
        </Group>
      </Stack>
    </Card>
  )
}

/** Asked twice: it cannot be taken back. */
function Erase({ secret, done }: { secret: string; done: (report: ErasureReport) => void }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [isSure, setSure] = useState(false)
  const erase = async () => {
    const report = await act('POST /api/p/:secret/erase', { secret }, { confirm: true })
    if (report) done(report)
  }
  return (
    <Card withBorder padding="md">
      <Title order={2}>{t('rights.erase')}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('rights.eraseHint')}
      </Text>
      {isSure ? (
        <Button color="red" loading={busy} onClick={() => void erase()}>
          {t('rights.eraseSure')}
        </Button>
      ) : (
        <Button color="red" variant="light" onClick={() => setSure(true)}>
          {t('rights.erase')}
        </Button>
      )}
    </Card>
  )
}
