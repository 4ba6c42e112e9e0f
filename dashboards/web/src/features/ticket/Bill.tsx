import { Card, Group, Stack, Text, Title } from '@mantine/core'
import type { Ticket } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { money } from '../../components/plainText.ts'
import { useWords } from '../../words/index.ts'
import { told } from '../../words/told.ts'

/** What was found, and what the owner pays. */
export function Bill({ ticket }: { ticket: Ticket }) {
  const { t, lang, say } = useWords()
  const names = useNames()
  const { closure, bill } = ticket
  return (
    <Card withBorder padding="md">
      {closure && (
        <>
          <Title order={2} mb="xs">
            {t('ticket.closure')}
          </Title>
          <Text size="sm" fw={500}>
            {names.mode(ticket.kind, closure.cause)}
            {closure.verdict ? ` · ${t(`ticket.verdicts.${closure.verdict}`)}` : ''}
          </Text>
          {closure.parts.length > 0 && (
            <Text size="sm">{closure.parts.map((part) => names.part(ticket.kind, part)).join(', ')}</Text>
          )}
          {closure.note && <Text size="sm">{closure.note}</Text>}
          <Text size="xs" c="dimmed" mb="sm">
            <When at={closure.at} /> · {closure.by.replace('user:', '')}
          </Text>
        </>
      )}
      {bill && (
        <>
          <Title order={2} mb="xs">
            {t('ticket.bill')}
          </Title>
          <Stack gap={2}>
            {bill.lines.map(({ cents, ...line }, i) => (
              <Group key={i} justify="space-between" wrap="nowrap" gap="sm">
                <Text size="sm">{told(line, 'text', lang)}</Text>
                <Text size="sm">{money(cents, lang, bill.currency)}</Text>
              </Group>
            ))}
            <Group justify="space-between" mt={4}>
              <Text fw={600}>{t('ticket.total')}</Text>
              <Text fw={600}>{money(bill.totalCents, lang, bill.currency)}</Text>
            </Group>
          </Stack>
        </>
      )}
      {ticket.billConfirmedAt && <Text size="sm">{t('visit.confirmed')}</Text>}
      {ticket.payment && (
        <Text size="sm">
          {t(`card.payment.${ticket.payment.state}`)} <When at={ticket.payment.at} />
        </Text>
      )}
      {ticket.compensation && <Text size="sm">{t('visit.compensation', { text: say(ticket.compensation.text) })}</Text>}
      {ticket.ratingExpiredAt && <Text size="sm">{t('visit.noRating')}</Text>}
      {ticket.rating && (
        <Text size="sm" mt="sm">
          {t('ticket.rated', { stars: ticket.rating.stars })} {ticket.rating.text}
        </Text>
      )}
    </Card>
  )
}
