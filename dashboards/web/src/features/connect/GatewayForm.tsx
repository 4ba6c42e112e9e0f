import { Button, Code, CopyButton, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Answer } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

/** One connection that speaks for several appliances: they are named, and its password is shown once. */
export function GatewayForm() {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [made, show] = useState<Answer<'POST /api/gateways'>>()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const appliances = String(form.get('appliances'))
      .split(/[\s,;]+/)
      .filter(Boolean)
    const gateway = await act('POST /api/gateways', {}, { id: form.get('id'), appliances })
    if (gateway) show(gateway)
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        <TextInput name="id" label={t('places.gatewayId')} required />
        <Textarea
          name="appliances"
          label={t('places.speaksFor')}
          description={t('places.speaksForHint')}
          autosize
          minRows={3}
          required
        />
        <Button type="submit" loading={busy} w="fit-content">
          {t('places.gatewayMake')}
        </Button>
        {made && (
          <div role="status">
            <Text size="sm">{t('places.gatewayMade', { id: made.id, count: made.appliances.length })}</Text>
            <Group gap="sm">
              <Code>{made.mqtt.password}</Code>
              <CopyButton value={made.mqtt.password ?? ''}>
                {({ copied, copy }) => (
                  <Button size="compact-sm" variant="default" onClick={copy}>
                    {t(copied ? 'common.copied' : 'common.copy')}
                  </Button>
                )}
              </CopyButton>
            </Group>
          </div>
        )}
      </Stack>
    </form>
  )
}
