import { Button, Menu, Modal, Stack, Text, TextInput } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Answer, ApplianceDetail } from '../../api.ts'
import { Sure } from '../../components/Sure.tsx'
import { useAction } from '../../components/useAction.ts'
import { useMay } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { Credentials } from '../connect/Credentials.tsx'

type Deed = 'secret' | 'ownerLink' | 'transfer' | 'retire'
const needs = {
  secret: 'appliances.credentials',
  ownerLink: 'ownerLinks.renew',
  transfer: 'appliances.transfer',
  retire: 'appliances.retire',
} as const

/** What happens seldom in an appliance's life: a new secret, a new link, another owner, its end. Each is asked about first. */
export function ApplianceLife({ appliance }: { appliance: ApplianceDetail }) {
  const { t } = useWords()
  const may = useMay()
  const [asking, ask] = useState<Deed>()
  const deeds = (['secret', 'ownerLink', 'transfer', 'retire'] as const).filter((deed) => may(needs[deed]))
  if (deeds.length === 0) return null
  const close = () => ask(undefined)
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
            {t('nav.more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {deeds.map((deed) => (
            <Menu.Item key={deed} color={deed === 'retire' ? 'red' : undefined} onClick={() => ask(deed)}>
              {t(`life.${deed}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asking === 'secret'} onClose={close} title={t('life.secret')} size="lg">
        {asking === 'secret' && <NewSecret appliance={appliance} />}
      </Modal>
      <NewOwnerLink id={appliance.id} opened={asking === 'ownerLink'} close={close} />
      <Modal opened={asking === 'transfer'} onClose={close} title={t('life.transfer')}>
        {asking === 'transfer' && <Transfer appliance={appliance} close={close} />}
      </Modal>
      <Modal opened={asking === 'retire'} onClose={close} title={t('life.retire')}>
        {asking === 'retire' && <Retire appliance={appliance} />}
      </Modal>
    </>
  )
}

/** The old one ends at once; the new one is shown this once. */
function NewSecret({ appliance: { id, kind } }: { appliance: ApplianceDetail }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [made, setMade] = useState<Answer<'POST /api/appliances/:id/credentials'>>()
  const renew = async () => setMade(await act('POST /api/appliances/:id/credentials', { id }, {}))
  if (made) return <Credentials made={[{ ...made, kind }]} />
  return (
    <Stack>
      <Text size="sm">{t('life.secretWhy', { id })}</Text>
      <Button loading={busy} onClick={() => void renew()}>
        {t('life.secretNow')}
      </Button>
    </Stack>
  )
}

/** Whoever has the old one, and should not, is shut out; the sticker is then printed anew. */
function NewOwnerLink({ id, opened, close }: { id: string; opened: boolean; close: () => void }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const renew = async () =>
    (await act('POST /api/appliances/:id/owner-link', { id }, undefined, t('life.ownerLinkDone'))) !== undefined
  return (
    <Sure
      opened={opened}
      close={close}
      title={t('life.ownerLink')}
      why={t('life.ownerLinkWhy')}
      busy={busy}
      deed={renew}
    />
  )
}

/** Its history stays with it; what is known of the former owner does not. */
function Transfer({ appliance: { id, owner }, close }: { appliance: ApplianceDetail; close: () => void }) {
  const { t, lang } = useWords()
  const { act, busy } = useAction()
  const [name, setName] = useState('')
  const [contact, setContact] = useState('')
  const send = async () => {
    const next = { name: name.trim(), contact: contact.trim(), language: lang }
    if (await act('POST /api/appliances/:id/transfer', { id }, { owner: next }, t('common.saved'))) close()
  }
  return (
    <Stack>
      <Text size="sm">{t('life.transferWhy', { name: owner?.name ?? '—' })}</Text>
      <TextInput
        label={t('connect.ownerName')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label={t('connect.ownerContact')}
        value={contact}
        onChange={(event) => setContact(event.currentTarget.value)}
      />
      <Button loading={busy} disabled={!name.trim() || !contact.trim()} onClick={() => void send()}>
        {t('life.transferNow')}
      </Button>
    </Stack>
  )
}

/** Its id is typed: nobody retires one by a slip. */
function Retire({ appliance: { id } }: { appliance: ApplianceDetail }) {
  const { t } = useWords()
  const navigate = useNavigate()
  const { act, busy } = useAction()
  const [typed, type] = useState('')
  const retire = async () => {
    if (await act('DELETE /api/appliances/:id', { id }, undefined, t('common.saved'))) void navigate({ to: '/' })
  }
  return (
    <Stack>
      <Text size="sm">{t('life.retireWhy')}</Text>
      <TextInput
        label={t('life.typeId', { id })}
        value={typed}
        onChange={(event) => type(event.currentTarget.value)}
        data-autofocus
      />
      <Button color="red" loading={busy} disabled={typed !== id} onClick={() => void retire()}>
        {t('life.retire')}
      </Button>
    </Stack>
  )
}
