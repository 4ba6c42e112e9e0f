import { Button, PasswordInput, Stack } from '@mantine/core'
import type { FormEvent } from 'react'
import { Panel } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

/** One's own password: the one before is asked for, where there is one. */
export function MyPassword() {
  const { t } = useWords()
  const { act, busy } = useAction()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    const current = form.get('password') || undefined
    const body = { current, password: form.get('new-password') }
    if (await act('POST /api/session/password', {}, body, t('common.saved'))) element.reset()
  }
  return (
    <Panel title={t('settings.myPassword')}>
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          <PasswordInput name="password" label={t('signIn.presentPassword')} autoComplete="current-password" />
          <PasswordInput
            name="new-password"
            label={t('signIn.newPassword')}
            minLength={12}
            autoComplete="new-password"
            required
          />
          <Button type="submit" w="fit-content" loading={busy}>
            {t('signIn.setPassword')}
          </Button>
        </Stack>
      </form>
    </Panel>
  )
}
