import { Alert, Anchor, Button, FileInput, Stack, Text, Textarea } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type Answer, ApiError, call, useCall } from '../../api.ts'
import { exactTime } from '../../components/plainText.ts'
import { useWords } from '../../words/index.ts'
import { smallPhoto } from '../ticket/smallPhoto.ts'
import { LinkHeader, LinkPage } from './LinkPage.tsx'
import { ApplianceReading } from './OwnerArticles.tsx'
import { useOwnersLanguage } from './useOwnersLanguage.ts'

type Sent = Answer<'POST /api/o/:secret/report'>
const OTHER = 'other'

/** By the code on the appliance: tap what is wrong, tap send. For whoever stands before it, on a phone. */
export default function MyAppliance() {
  const { t, say, lang } = useWords()
  const { secret } = useParams({ strict: false }) as { secret: string }
  const { data: view, error } = useCall('GET /api/o/:secret', { secret })
  const [sent, setSent] = useState<Sent>()
  const [refused, setRefused] = useState<string>()
  const [tellsMore, tellMore] = useState(false)
  useOwnersLanguage(view?.language)
  const known = view?.ticket && !tellsMore && !sent
  return (
    <LinkPage view={view} error={error} title={view?.model}>
      {(view) => (
        <>
          <LinkHeader
            about={
              <>
                {say(view.kindName)} {view.model} · {view.id}
              </>
            }
          >
            {sent
              ? t('report.sent', { number: sent.number })
              : known
                ? t('report.known', { number: view.ticket?.number ?? '' })
                : t('report.title')}
          </LinkHeader>
          {refused && (
            <Alert color="red" role="alert">
              {refused}
            </Alert>
          )}
          {sent?.contactBy !== undefined && <Text>{t('report.sentWhy', { at: exactTime(sent.contactBy, lang) })}</Text>}
          {(sent || known) && (
            <Button component={Link} to={sent?.path ?? view.ticket?.path} size="lg">
              {t('report.follow')}
            </Button>
          )}
          {known && (
            <Anchor component="button" size="sm" onClick={() => tellMore(true)}>
              {t('report.tellAnyway')}
            </Anchor>
          )}
          {!sent && !known && (
            <ReportForm secret={secret} symptoms={view.symptoms} sent={setSent} refused={setRefused} />
          )}
          {!sent && <ApplianceReading secret={secret} />}
          <MailMe secret={secret} />
        </>
      )}
    </LinkPage>
  )
}

/** What is wrong, in one tap, in words and in a picture if they like. */
function ReportForm(props: {
  secret: string
  symptoms: Answer<'GET /api/o/:secret'>['symptoms']
  sent: (sent: Sent) => void
  refused: (why: string | undefined) => void
}) {
  const { t, say } = useWords()
  const { secret, symptoms, sent, refused } = props
  const [chosen, choose] = useState<string>()
  const [text, setText] = useState('')
  const [photo, setPhoto] = useState<File | null>(null)
  const [busy, setBusy] = useState(false)
  const send = async () => {
    setBusy(true)
    refused(undefined)
    try {
      const shown = photo ? { photo: await smallPhoto(photo) } : {}
      const body = { text: text.trim(), ...(chosen && chosen !== OTHER ? { symptom: chosen } : {}), ...shown }
      sent(await call('POST /api/o/:secret/report', { secret }, body))
    } catch (problem) {
      refused(problem instanceof ApiError && problem.status ? problem.message : t('common.offline'))
    }
    setBusy(false)
  }
  return (
    <>
      <Stack gap="sm" role="radiogroup" aria-label={t('report.title')}>
        {[...symptoms, { id: OTHER, text: undefined }].map(({ id, text: words }) => (
          <Button
            key={id}
            role="radio"
            aria-checked={chosen === id}
            variant={chosen === id ? 'filled' : 'light'}
            size="lg"
            fz="md"
            onClick={() => choose(id)}
          >
            {words ? say(words) : t('report.other')}
          </Button>
        ))}
      </Stack>
      <Textarea
        label={t('report.more')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        autosize
      />
      <FileInput
        label={t('report.photo')}
        accept="image/*"
        capture="environment"
        value={photo}
        onChange={setPhoto}
        clearable
      />
      <Button
        size="lg"
        loading={busy}
        disabled={!chosen || (chosen === OTHER && !text.trim())}
        onClick={() => void send()}
      >
        {t('report.send')}
      </Button>
      <Text size="xs" c="dimmed">
        {t('report.attached')}
      </Text>
    </>
  )
}

/** Whoever the appliance belongs to gets the link to their data, at the address that is known; nobody else is told anything. */
function MailMe({ secret }: { secret: string }) {
  const { t } = useWords()
  const [isSent, setSent] = useState(false)
  const send = async () => {
    await call('POST /api/o/:secret/own-page', { secret }, {})
    setSent(true)
  }
  return isSent ? (
    <Text size="sm">{t('rights.mailed')}</Text>
  ) : (
    <Anchor component="button" size="sm" onClick={() => void send()}>
      {t('rights.mailMe')}
    </Anchor>
  )
}
