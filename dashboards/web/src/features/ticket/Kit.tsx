import { Progress, Table, Text } from '@mantine/core'
import type { Ticket } from '../../api.ts'
import { percent, shortTime } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { money } from '../../components/plainText.ts'
import { useWords } from '../../words/index.ts'

/** The parts worth carrying, each with the probability that the visit needs it. */
export function Kit({ ticket }: { ticket: Ticket }) {
  const { t, lang } = useWords()
  const names = useNames()
  const where = (part: string) =>
    (ticket.supply ?? [])
      .filter((line) => line.part === part)
      .map(({ place, from, dueAt }) =>
        place
          ? t('ticket.reservedIn', { place })
          : from
            ? t('ticket.comesFrom', { from, at: shortTime(dueAt ?? 0, lang) })
            : t('ticket.isBought', { at: shortTime(dueAt ?? 0, lang) }),
      )
  // What was ordered on site stands here too, though nobody foresaw it.
  const lines = [
    ...ticket.kit,
    ...(ticket.supply ?? [])
      .filter(({ part }) => !ticket.kit.some((line) => line.part === part))
      .map(({ part, quantity }) => ({ part, quantity, probability: 1 })),
  ]
  if (lines.length === 0) {
    return (
      <Text size="sm" c="dimmed" mt="sm">
        {t('ticket.noKit')}
      </Text>
    )
  }
  return (
    <Table verticalSpacing={4} mt="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('ticket.kit')}</Table.Th>
          <Table.Th ta="right">{t('common.quantity')}</Table.Th>
          <Table.Th ta="right" visibleFrom="sm">
            {t('common.price')}
          </Table.Th>
          <Table.Th w={150}>{t('ticket.needed')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.map(({ part, quantity, probability }) => (
          <Table.Tr key={part}>
            <Table.Td>
              {names.part(ticket.kind, part)}
              {where(part).map((text) => (
                <Text key={text} size="xs" c="dimmed">
                  {text}
                </Text>
              ))}
            </Table.Td>
            <Table.Td ta="right">{quantity}</Table.Td>
            <Table.Td ta="right" visibleFrom="sm">
              {money(names.kindOf(ticket.kind)?.parts[part]?.priceCents ?? 0, lang)}
            </Table.Td>
            <Table.Td>
              <Progress value={probability * 100} size={6} aria-label={names.part(ticket.kind, part)} />
              <Text size="xs">{percent(probability, lang)}</Text>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
