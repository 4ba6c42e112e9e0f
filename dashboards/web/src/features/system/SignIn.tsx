import { Alert, Button, Card, Center, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useState } from 'react'
import { ApiError, call, useCall } from '../../api.ts'
import { homeOf } from '../../components/frame/navigation.ts'
import { useWords } from '../../words/index.ts'
import { signInByPasskey } from './ways/passkey.ts'

/** Why a provider's sign-in came to nothing; the server says the code. */
const refusals = [
  'provider-refused',
  'provider-away',
  'foreign-issuer',
  'wrong-audience',
  'wrong-clock',
  'token-expired',
  'unknown-key',
  'sign-in-replayed',
  'no-role',
  'account-disabled',
] as const

/** A path of our own pages; whatever a browser would take for another site leads to the first page. */
function ownPath(to: string): string {
  const url = URL.canParse(to, location.origin) ? new URL(to, location.origin) : undefined
  return url && url.origin === location.origin && to.startsWith('/') ? url.pathname + url.search + url.hash : '/'
}

/** Of a link by which somebody comes into an organisation. */
const invitationIn = (hash: string): string | undefined => (hash.startsWith('#join.') ? hash.slice(6) : undefined)

/** Where they wanted to go; who wanted nothing else begins where their work is. Who was invited comes into where that is. */
async function enterAt(to: string): Promise<void> {
  const key = invitationIn(location.hash)
  if (key) await call('POST /api/session/join', {}, { key })
  const path = ownPath(to)
  location.href = path === '/' ? homeOf(await call('GET /api/session', {})) : path
}

async function enterIfIn(to: string): Promise<void> {
  if ((await call('GET /api/session', {})).account) await enterAt(to)
}

/** Name and password; or the one-time link, which asks for a password at once. */
export default function SignIn() {
  const { t } = useWords()
  const [error, setError] = useState<string>()
  const [byLink, setByLink] = useState(false)
  /** Of a link by which somebody sets their own password. */
  const [own, setOwn] = useState<string>()
  const [busy, setBusy] = useState(false)
  const [needsCode, askCode] = useState(false)
  const asked = new URLSearchParams(location.search)
  const to = asked.get('to') ?? '/'
  const enter = () => enterAt(to)
  const byPasskey = () =>
    signInByPasskey()
      .catch((problem: unknown) => {
        throw problem instanceof ApiError ? problem : new ApiError(400, t('ways.passkeyFailed'), '')
      })
      .then(enter)
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true)
    setError(undefined)
    try {
      await work()
    } catch (problem) {
      setError(
        problem instanceof ApiError && problem.status ? `${problem.message} ${problem.remedy}` : t('common.offline'),
      )
    }
    setBusy(false)
  }
  // Once, when the page opens
  useEffect(() => {
    const why = refusals.find((known) => known === asked.get('refused'))
    if (asked.has('refused')) setError(t(`ways.refused.${why ?? 'provider-refused'}`))
    if (asked.has('in')) return void attempt(enter)
    const key = location.hash.slice(1)
    if (!key) return
    if (key.startsWith('set.')) return setOwn(key.slice(4))
    if (invitationIn(location.hash)) return void attempt(() => enterIfIn(to))
    void attempt(async () => {
      await call('POST /api/session', {}, { key })
      setByLink(true)
    })
  }, [])
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    void attempt(() => signIn(form, { own, byLink, askCode: () => askCode(true) }).then(enter))
  }
  return (
    <Center mih="100vh" p="lg" component="main">
      <Card withBorder w={360} padding="xl">
        <form onSubmit={submit}>
          <Stack>
            <div>
              <Title order={1}>{t('app.name')}</Title>
              <Text c="dimmed" size="sm">
                {t('app.tagline')}
              </Text>
            </div>
            {invitationIn(location.hash) && <Text size="sm">{t('signIn.join')}</Text>}
            {byLink || own ? (
              <NewPassword busy={busy} own={!!own} later={() => void attempt(enter)} />
            ) : (
              <NameAndPassword busy={busy} needsCode={needsCode}>
                <OtherWays to={to} busy={busy} byPasskey={() => void attempt(byPasskey)} />
              </NameAndPassword>
            )}
            {error && (
              <Alert color="red" role="alert">
                {error}
              </Alert>
            )}
          </Stack>
        </form>
      </Card>
    </Center>
  )
}

/** By what was filled in: a password of one's own by a link, or a name with its password and, where one is set, its code. */
async function signIn(
  form: FormData,
  { own, byLink, askCode }: { own: string | undefined; byLink: boolean; askCode: () => void },
): Promise<void> {
  if (own) {
    const password = form.get('password')
    const { name } = await call('POST /api/session/link', {}, { key: own, password })
    await call('POST /api/session', {}, { name, password })
  } else if (byLink) await call('POST /api/session/password', {}, { password: form.get('password') })
  else {
    const body = {
      name: form.get('name'),
      password: form.get('password'),
      code: form.get('code') || undefined,
    }
    await call('POST /api/session', {}, body).catch((problem: unknown) => {
      // Asked for a code: the page asks for one, too, and says no more than that.
      if (problem instanceof ApiError && problem.code === 'code-needed') askCode()
      throw problem
    })
  }
}

function NewPassword({ busy, own, later }: { busy: boolean; own: boolean; later: () => void }) {
  const { t } = useWords()
  return (
    <>
      <Text size="sm">{t(own ? 'signIn.setOwn' : 'signIn.setPasswordWhy')}</Text>
      <PasswordInput name="password" label={t('signIn.newPassword')} minLength={12} required autoFocus />
      <Button type="submit" loading={busy}>
        {t('signIn.setPassword')}
      </Button>
      {!own && (
        <Button variant="subtle" onClick={later}>
          {t('signIn.later')}
        </Button>
      )}
    </>
  )
}

function NameAndPassword(props: { busy: boolean; needsCode: boolean; children: ReactNode }) {
  const { t } = useWords()
  const { busy, needsCode, children } = props
  return (
    <>
      <TextInput name="name" label={t('signIn.name')} autoComplete="username" required />
      <PasswordInput name="password" label={t('signIn.password')} autoComplete="current-password" required />
      {needsCode && <TextInput name="code" label={t('ways.code')} autoComplete="one-time-code" required autoFocus />}
      <Button type="submit" loading={busy}>
        {t('signIn.submit')}
      </Button>
      {children}
    </>
  )
}

/** Without a name and a password. */
function OtherWays({ to, busy, byPasskey }: { to: string; busy: boolean; byPasskey: () => void }) {
  const { t } = useWords()
  const { data: session } = useCall('GET /api/session', {})
  return (
    <>
      <Button variant="default" disabled={busy} onClick={byPasskey}>
        {t('ways.byPasskey')}
      </Button>
      {session?.ways.oidc && (
        <Button variant="default" component="a" href={`/api/session/oidc?to=${encodeURIComponent(to)}`}>
          {t('ways.byProvider')}
        </Button>
      )}
    </>
  )
}
