import { Alert, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconCloudOff, IconSend } from '@tabler/icons-react'
import { useCall } from '../../api.ts'
import { exactTime, slotText } from '../../components/plainText.ts'
import type { Write } from '../../offline/write.ts'
import { useWrites, writes } from '../../offline/writes.ts'
import { useWords } from '../../words/index.ts'
import { told } from '../../words/told.ts'

/** What waits to be sent, and what was refused: nothing of it is ever swallowed. */
export function WaitingStrip() {
  const { t } = useWords()
  const { writes: all, isAway, isSignedOut } = useWrites()
  const conflicts = all.filter(({ state }) => state === 'conflict')
  const waiting = all.length - conflicts.length
  return (
    <Stack gap="sm" aria-live="polite">
      {isSignedOut && (
        <Alert color="yellow" role="alert">
          <Text size="sm">{t('my.signedOut')}</Text>
          <Button component="a" href="/sign-in?to=/my" size="xs" mt="xs" variant="light">
            {t('signIn.title')}
          </Button>
        </Alert>
      )}
      {waiting > 0 && (
        <Group gap="xs" wrap="nowrap" className="waiting-strip">
          {isAway ? <IconCloudOff size={18} aria-hidden /> : <IconSend size={18} aria-hidden />}
          <Text size="sm" fw={600}>
            {t('my.waiting', { count: waiting })}
          </Text>
          <Text size="sm" c="dimmed">
            {isAway ? t('my.away') : ''}
          </Text>
        </Group>
      )}
      {conflicts.map((write) => (
        <Conflict key={write.id} write={write} />
      ))}
    </Stack>
  )
}

/** Mine and what is there now, side by side; one of them is chosen. */
function Conflict({ write }: { write: Write }) {
  const { t, lang } = useWords()
  const { data: ticket } = useCall('GET /api/tickets/:id', { id: write.job })
  const since = (ticket?.history ?? []).filter(({ at }) => at > (write.basis ?? 0)).slice(-3)
  return (
    <Alert
      color="orange"
      role="alert"
      title={t('my.conflict', { number: write.number })}
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
    >
      <Text size="sm" mb="xs">
        {write.problem?.title} {write.problem?.detail}
      </Text>
      <SimpleGrid cols={2} spacing="sm">
        <div>
          <Text size="xs" c="dimmed">
            {t('my.mine')}
          </Text>
          <Text size="sm" fw={600}>
            {t(`my.did.${write.step}`)}
          </Text>
          <Text size="xs">{exactTime(write.at, lang)}</Text>
          <Said body={write.body} />
        </div>
        <div>
          <Text size="xs" c="dimmed">
            {t('my.theirs')}
          </Text>
          <Text size="sm" fw={600}>
            {ticket ? t(`ticketState.${ticket.state}`) : t('my.notMine')}
          </Text>
          {ticket?.slot && <Text size="xs">{slotText(ticket.slot, lang, ticket.timeZone)}</Text>}
          {since.map((step) => (
            <Text key={`${step.at}/${step.why}`} size="xs">
              {step.by.replace('user:', '')}: {told(step, 'why', lang)}
            </Text>
          ))}
        </div>
      </SimpleGrid>
      <Group grow mt="sm">
        <Button size="sm" variant="light" onClick={() => void writes.sendAnyway(write.id)}>
          {t('my.sendMine')}
        </Button>
        <Button size="sm" variant="default" onClick={() => void writes.drop(write.id)}>
          {t('my.letGo')}
        </Button>
      </Group>
    </Alert>
  )
}

/** What a person wrote in it. */
function Said({ body }: { body: unknown }) {
  const { note, why } = (body ?? {}) as { note?: unknown; why?: unknown }
  const words = typeof note === 'string' ? note : typeof why === 'string' ? why : ''
  return words ? <Text size="xs">“{words}”</Text> : null
}
