import { Alert, Button, Modal, PasswordInput, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Answer } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

type Kinds = Answer<'GET /api/channels'>['kinds']
type Channel = Answer<'GET /api/channels'>['items'][number]
type Kind = Channel['kind']

/** One account: its fields as its company asks for them. */
export function ChannelForm({ kinds, channel, close }: { kinds: Kinds; channel?: Channel; close: () => void }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [kind, setKind] = useState<Kind>(channel?.kind ?? 'twilio-sms')
  const [isOn, setOn] = useState(channel?.isOn ?? true)
  const [bad, setBad] = useState<string>()
  const fields = kinds.find((one) => one.kind === kind)?.fields ?? []
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const settings = new Map<string, unknown>()
    for (const { name, json } of fields) {
      const text = String(form.get(name) ?? '').trim()
      if (!text) continue
      try {
        settings.set(name, json ? JSON.parse(text) : text)
      } catch {
        setBad(t('channels.badJson', { name }))
        return
      }
    }
    setBad(undefined)
    const id = channel?.id ?? String(form.get('channel-id') ?? '')
    if (
      await act(
        'PUT /api/channels/:id',
        { id },
        { kind, isOn, settings: Object.fromEntries(settings) },
        t('common.saved'),
      )
    )
      close()
  }
  return (
    <Modal opened onClose={close} title={channel ? t('channels.change', { id: channel.id }) : t('channels.add')}>
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          {bad && (
            <Alert color="red" role="alert">
              {bad}
            </Alert>
          )}
          {!channel && (
            <TextInput
              name="channel-id"
              label={t('channels.name')}
              pattern="[a-z0-9\-]{1,40}"
              maxLength={40}
              required
            />
          )}
          <Select
            label={t('channels.kind')}
            value={kind}
            disabled={!!channel}
            allowDeselect={false}
            data={kinds.map((one) => ({ value: one.kind, label: t(`channels.kinds.${one.kind}`) }))}
            onChange={(value) => setKind(kinds.find((one) => one.kind === value)?.kind ?? kind)}
          />
          {fields.map((field) => (
            <Field key={`${kind}/${field.name}`} field={field} channel={channel} />
          ))}
          <Switch label={t('channels.on')} checked={isOn} onChange={(event) => setOn(event.currentTarget.checked)} />
          <Button type="submit" loading={busy}>
            {t('common.save')}
          </Button>
        </Stack>
      </form>
    </Modal>
  )
}

/** One field of an account: a secret is never shown, and kept when nothing is typed. */
function Field({ field, channel }: { field: Kinds[number]['fields'][number]; channel: Channel | undefined }) {
  const { t } = useWords()
  const { name, secret, required, json } = field
  const known = channel?.settings[name]
  const isKept = secret && (channel?.secrets.includes(name) ?? false)
  const common = { name, label: name, required: required && !isKept }
  if (secret)
    return (
      <PasswordInput
        {...common}
        autoComplete="new-password"
        {...(isKept ? { placeholder: t('channels.secretKept') } : {})}
      />
    )
  if (!json) return <TextInput {...common} defaultValue={known === undefined ? '' : String(known)} />
  return (
    <Textarea
      {...common}
      description={t('channels.json')}
      autosize
      defaultValue={known === undefined ? '' : JSON.stringify(known)}
    />
  )
}
