import { Alert, Button, Code, Group, PasswordInput, Stack, Table, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { type Answer, useCall } from '../../../api.ts'
import { When } from '../../../components/format.tsx'
import { Panel } from '../../../components/Page.tsx'
import { useAction } from '../../../components/useAction.ts'
import { useWords } from '../../../words/index.ts'
import { makePasskey } from './passkey.ts'
import { QrCode } from './QrCode.tsx'

type Begun = Answer<'POST /api/session/second-factor'>

/** A code besides one's password. */
export function MySecondFactor() {
  const { t } = useWords()
  const { act, busy } = useAction()
  const { data } = useCall('GET /api/session/second-factor', {})
  const [begun, setBegun] = useState<Begun>()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    if (data?.enabled) {
      await act('DELETE /api/session/second-factor', {}, { code: form.get('code') }, t('common.saved'))
      return
    }
    if (begun) {
      if (await act('POST /api/session/second-factor/confirm', {}, { code: form.get('code') }, t('common.saved')))
        setBegun(undefined)
      return
    }
    setBegun(await act('POST /api/session/second-factor', {}, { password: form.get('password') }))
  }
  if (!data) return null
  return (
    <Panel
      title={t('ways.secondFactor')}
      hint={data.enabled ? t('ways.isOn', { count: data.recoveryLeft }) : t('ways.isOff')}
    >
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          {begun && <Shown begun={begun} />}
          {begun || data.enabled ? (
            <TextInput name="code" label={t('ways.code')} autoComplete="one-time-code" required />
          ) : (
            <PasswordInput
              name="password"
              label={t('signIn.presentPassword')}
              autoComplete="current-password"
              required
            />
          )}
          <Button type="submit" w="fit-content" variant="default" loading={busy}>
            {t(data.enabled ? 'ways.takeAway' : begun ? 'ways.confirm' : 'ways.begin')}
          </Button>
        </Stack>
      </form>
    </Panel>
  )
}

/** Once, and never again. */
function Shown({ begun }: { begun: Begun }) {
  const { t } = useWords()
  return (
    <>
      <Text size="sm">{t('ways.scan')}</Text>
      <QrCode text={begun.uri} label={t('ways.qr')} />
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {begun.secret}
      </Code>
      <Text size="sm">{t('ways.recovery')}</Text>
      <Code block>{begun.recovery.map((code) => code.replace(/(.{4})(?=.)/g, '$1-')).join('\n')}</Code>
    </>
  )
}

/** Keys that a device holds: with them neither password nor code is asked for. */
export function MyPasskeys() {
  const { t } = useWords()
  const { act, busy } = useAction()
  const { data, refetch } = useCall('GET /api/session/passkeys', {})
  const [error, setError] = useState<string>()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    setError(undefined)
    const refused = await makePasskey(act, String(form.get('password') ?? ''), String(form.get('passkey-name')))
    if (refused) return setError(t('ways.passkeyFailed'))
    element.reset()
    await refetch()
  }
  return (
    <Panel title={t('ways.passkeys')} hint={t('ways.passkeysHint')}>
      <Table verticalSpacing={4} mb="sm">
        <Table.Tbody>
          {data?.items.map(({ id, name, lastUsedAt }) => (
            <Table.Tr key={id}>
              <Table.Td>{name}</Table.Td>
              <Table.Td>
                <Text size="xs" c="dimmed">
                  {lastUsedAt ? <When at={lastUsedAt} /> : t('ways.neverUsed')}
                </Text>
              </Table.Td>
              <Table.Td ta="right">
                <Button
                  size="compact-xs"
                  variant="default"
                  loading={busy}
                  aria-label={`${t('ways.takeAway')}: ${name}`}
                  onClick={() => void act('DELETE /api/session/passkeys/:id', { id }, undefined, t('common.saved'))}
                >
                  {t('ways.takeAway')}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <form onSubmit={(event) => void submit(event)}>
        <Group align="flex-end" gap="sm">
          <TextInput size="xs" name="passkey-name" label={t('ways.passkeyName')} maxLength={60} required />
          <PasswordInput
            size="xs"
            w={170}
            name="password"
            label={t('signIn.presentPassword')}
            autoComplete="current-password"
          />
          <Button size="xs" type="submit" loading={busy}>
            {t('ways.addPasskey')}
          </Button>
        </Group>
      </form>
      {error && (
        <Alert mt="sm" color="red" role="alert">
          {error}
        </Alert>
      )}
    </Panel>
  )
}
