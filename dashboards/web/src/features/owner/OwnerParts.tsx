import { Alert, Button, Card, Group, List, SegmentedControl, Stack, Text, Textarea, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import type { Call, OwnerView } from '../../api.ts'
import { Panel } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'
import { MarkDialog } from '../alert/MarkMenu.tsx'

/** What an owner does on the page of a ticket, as the call is called. */
export type OwnersDeed = Exclude<
  Extract<Call, `POST /api/t/${string}`> extends `POST /api/t/:secret/${infer What}` ? What : never,
  `${string}:${string}`
>

interface Acting {
  view: OwnerView
  busy: boolean
  act: (what: OwnersDeed, body?: unknown) => Promise<void>
}

/** Before anybody comes: what the owner may try. */
export function Guide({ view: { guide }, busy, act }: Acting) {
  const { t, say } = useWords()
  if (!guide) return null
  return (
    <Card withBorder padding="md">
      <Text size="sm" c="dimmed">
        {t('card.guideTitle')}
      </Text>
      <Title order={2} mb="xs">
        {say(guide.title)}
      </Title>
      <List type="ordered" spacing={4}>
        {guide.steps.map((step) => (
          <List.Item key={step.en}>{say(step)}</List.Item>
        ))}
      </List>
      <Group grow mt="sm">
        <Button variant="light" disabled={busy} onClick={() => void act('guide', { helped: true })}>
          {t('card.helped')}
        </Button>
        <Button variant="default" disabled={busy} onClick={() => void act('guide', { helped: false })}>
          {t('card.didNot')}
        </Button>
      </Group>
    </Card>
  )
}

/** The card of the visit, ticked by the owner. */
export function OwnCard({ view: { card }, busy, act }: Acting) {
  const { t, say } = useWords()
  const items = card?.filter(({ ok }) => ok) ?? []
  if (items.length === 0) return null
  return (
    <Panel title={t('card.title')}>
      <Stack gap="sm">
        {items.map(({ code, text, ticked }) => (
          <Group key={code} justify="space-between" wrap="nowrap" gap="sm">
            <div>
              <Text size="sm" id={`own-${code}`}>
                {say(text)}
              </Text>
              {ticked === false && (
                <Text size="xs" c="dimmed">
                  {t('card.thanks')}
                </Text>
              )}
            </div>
            <SegmentedControl
              style={{ flexShrink: 0 }}
              aria-labelledby={`own-${code}`}
              disabled={busy}
              value={ticked === undefined ? '' : ticked ? 'yes' : 'no'}
              onChange={(value) => void act('card', { ticks: { [code]: value === 'yes' } })}
              data={[
                { value: 'yes', label: t('card.yes') },
                { value: 'no', label: t('card.no') },
              ]}
            />
          </Group>
        ))}
      </Stack>
    </Panel>
  )
}

/** The owner agrees with the bill, or says what is not right. */
export function AgreeBill({ view, busy, act }: Acting) {
  const { t } = useWords()
  const [isContesting, contest] = useState(false)
  const [why, setWhy] = useState('')
  if (view.billConfirmed) {
    return (
      <Text size="sm" c="dimmed">
        {t('card.confirmed')}
      </Text>
    )
  }
  return (
    <Stack gap="sm">
      <Group grow>
        <Button disabled={busy} onClick={() => void act('bill/confirm')}>
          {t('card.confirm')}
        </Button>
        <Button variant="default" disabled={busy} onClick={() => contest(!isContesting)}>
          {t('card.contest')}
        </Button>
      </Group>
      {isContesting && (
        <>
          <Textarea
            label={t('card.why')}
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
            autosize
          />
          <Button
            variant="light"
            disabled={busy || !why.trim()}
            onClick={() => void act('bill/contest', { why: why.trim() }).then(() => contest(false))}
          >
            {t('common.send')}
          </Button>
        </>
      )}
    </Stack>
  )
}

/** The owner knows it: nobody needs to come, and the same is not told again once it was said twice. */
export function NoVisit({ busy, act }: Pick<Acting, 'busy' | 'act'>) {
  const { t } = useWords()
  const [opened, { open, close }] = useDisclosure()
  return (
    <>
      <Button variant="subtle" disabled={busy} onClick={open}>
        {t('mark.button')}
      </Button>
      <MarkDialog opened={opened} close={close} busy={busy} send={(said) => void act('mark', said).then(close)} />
    </>
  )
}

/** The same fault has come back: another appliance is due, and asked for with one tap. */
export function SwapRight({ view, busy, act }: Acting) {
  const { t } = useWords()
  return (
    <Alert color="teal">
      {t('card.recall')} {t('card.swap')}
      {view.swapClaimedAt === undefined ? (
        <Button mt="xs" fullWidth disabled={busy} onClick={() => void act('swap')}>
          {t('swap.ask')}
        </Button>
      ) : (
        <Text mt="xs">{t('swap.asked')}</Text>
      )}
    </Alert>
  )
}
