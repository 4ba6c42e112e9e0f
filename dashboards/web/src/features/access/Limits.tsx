import { Badge, Card, Progress, Skeleton, Table, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type Answer, useCall } from '../../api.ts'
import { number, When } from '../../components/format.tsx'
import { Empty, Failure, Page } from '../../components/Page.tsx'
import { exactTime } from '../../components/plainText.ts'
import { useWords } from '../../words/index.ts'

type LimitsView = Answer<'GET /api/limits'>
/** From this share on it is worth a look. */
const NEAR = 0.8

/** What appliances may send and links may change, and who uses most of it. */
export default function Limits() {
  const { t } = useWords()
  const { data, error, refetch } = useCall('GET /api/limits', {}, 5_000)
  return (
    <Page title={t('limits.title')}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={300} />}
      {data && <Appliances {...data.appliances} />}
      {data && <Links {...data.links} />}
    </Page>
  )
}

function Appliances({ perHour, heldBack, items }: LimitsView['appliances']) {
  const { t, lang } = useWords()
  const bound = (count: number, digits = 0): string => (count > 0 ? number(count, lang, digits) : '∞')
  return (
    <Card withBorder padding="md">
      <Title order={2}>{t('limits.appliances')}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('limits.perHour', { messages: bound(perHour.messages), bytes: bound(perHour.bytes / 2 ** 20) })}{' '}
        {t(heldBack > 0 ? 'limits.someHeld' : 'limits.noneHeld', { count: heldBack })}
      </Text>
      {items.length === 0 ? (
        <Empty>{t('limits.noAppliance')}</Empty>
      ) : (
        <Table.ScrollContainer minWidth={620}>
          <Table verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('common.appliance')}</Table.Th>
                <Table.Th w={180}>{t('limits.share')}</Table.Th>
                <Table.Th ta="right">{t('limits.messages')}</Table.Th>
                <Table.Th ta="right">{t('limits.megabytes')}</Table.Th>
                <Table.Th ta="right">{t('limits.waiting')}</Table.Th>
                <Table.Th ta="right">{t('limits.dropped')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map(({ appliance, share, messages, bytes, heldBack: held, dropped, until }) => (
                <Table.Tr key={appliance}>
                  <Table.Td>
                    <Link to="/appliances/$id" params={{ id: appliance }}>
                      {appliance}
                    </Link>
                  </Table.Td>
                  <Table.Td>
                    <Progress
                      value={Math.min(100, share * 100)}
                      color={share >= NEAR ? 'orange' : 'teal'}
                      aria-label={t('limits.shareOf', { appliance })}
                    />
                  </Table.Td>
                  <Table.Td ta="right">{number(messages.used, lang, 0)}</Table.Td>
                  <Table.Td ta="right">{number(bytes.used / 2 ** 20, lang, 1)}</Table.Td>
                  <Table.Td ta="right" title={until ? exactTime(until, lang) : undefined}>
                    {number(held.messages, lang, 0)}
                  </Table.Td>
                  <Table.Td ta="right">{number(dropped, lang, 0)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  )
}

function Links({ perDay, items }: LimitsView['links']) {
  const { t, lang } = useWords()
  return (
    <Card withBorder padding="md">
      <Title order={2}>{t('limits.links')}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('limits.perDay', { count: perDay })}
      </Text>
      {items.length === 0 ? (
        <Empty>{t('limits.noLink')}</Empty>
      ) : (
        <Table.ScrollContainer minWidth={480}>
          <Table verticalSpacing={4}>
            <Table.Tbody>
              {items.map(({ subject, changes, lastAt, isFull, freesAt }) => (
                <Table.Tr key={subject}>
                  <Table.Td>
                    <LinkSubject subject={subject} />
                  </Table.Td>
                  <Table.Td>{t('limits.changes', { changes, perDay })}</Table.Td>
                  <Table.Td>
                    <When at={lastAt} />
                  </Table.Td>
                  <Table.Td>
                    {isFull && (
                      <Badge color="orange" variant="light" tt="none">
                        {t('limits.fullUntil', { until: exactTime(freesAt, lang) })}
                      </Badge>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  )
}

/** What the link opens: `t/ID` a ticket's page, `o/ID` an appliance's. */
function LinkSubject({ subject }: { subject: string }) {
  const { t } = useWords()
  const id = subject.slice(2)
  return subject.startsWith('t/') ? (
    <Link to="/tickets/$id" params={{ id }}>
      {t('limits.ofTicket', { id })}
    </Link>
  ) : (
    <Link to="/appliances/$id" params={{ id }}>
      {t('limits.ofAppliance', { id })}
    </Link>
  )
}
