import { Alert, Button, Card, Center, Code, Stack, Text, TextInput, Title } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { type Answer, ApiError, call } from '../../api.ts'
import { useWords } from '../../words/index.ts'

type Claimed = Answer<'POST /api/claim'>

/** Whoever holds an appliance types, or scans, the code on it, and gets what it connects with. */
export default function Claim() {
  const { t, lang } = useWords()
  const [made, setMade] = useState<Claimed>()
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [name, contact] = [String(form.get('name') ?? ''), String(form.get('contact') ?? '')]
    const owner = name || contact ? { owner: { name, contact, language: lang } } : {}
    setBusy(true)
    setError(undefined)
    try {
      setMade(await call('POST /api/claim', {}, { code: form.get('code'), ...owner }))
    } catch (problem) {
      const isSaid = problem instanceof ApiError && problem.status !== 0
      setError(isSaid ? `${problem.message} ${problem.remedy}` : t('common.offline'))
    }
    setBusy(false)
  }
  return (
    <Center mih="100vh" p="lg" component="main">
      <Card withBorder w={380} padding="xl">
        <Stack>
          <Title order={1} fz={22}>
            {t('claim.title')}
          </Title>
          {made ? (
            <>
              <Text>{t('claim.done', { id: made.id, model: made.model })}</Text>
              <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                {`${made.mqtt.username}\n${made.mqtt.password ?? ''}`}
              </Code>
              <Text size="sm" c="dimmed">
                {t('claim.once')}
              </Text>
            </>
          ) : (
            <form onSubmit={(event) => void submit(event)}>
              <Stack gap="sm">
                <Text size="sm" c="dimmed">
                  {t('claim.hint')}
                </Text>
                <TextInput
                  name="code"
                  label={t('claim.code')}
                  defaultValue={location.hash.slice(1)}
                  required
                  autoComplete="off"
                />
                <TextInput name="name" label={t('claim.name')} autoComplete="name" />
                <TextInput name="contact" label={t('claim.contact')} autoComplete="email" />
                <Button type="submit" loading={busy}>
                  {t('claim.submit')}
                </Button>
                {error && (
                  <Alert color="red" role="alert">
                    {error}
                  </Alert>
                )}
              </Stack>
            </form>
          )}
        </Stack>
      </Card>
    </Center>
  )
}
