import { Button, Group, NumberInput, Skeleton, Stack, Table, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { money } from '../../components/plainText.ts'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'

/** What one engineer earned in the last month: the sum, and why each line is what it is. */
export function Earnings({ id }: { id: string }) {
  const { t, say, lang } = useWords()
  const { data } = useCall('GET /api/engineers/:id/earnings', { id })
  if (!data) return <Skeleton height={80} />
  const { lines, cents, currency } = data
  return (
    <section aria-label={t('crew.earnings')}>
      <Group justify="space-between">
        <Title order={3}>{t('crew.earnings')}</Title>
        <Text fw={600}>{money(cents, lang, currency)}</Text>
      </Group>
      {lines.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('crew.noEarnings')}
        </Text>
      )}
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {lines.map(({ at, cents: line, text }, i) => (
            // The newest comes first, and two may share a moment
            <Table.Tr key={lines.length - i}>
              <Table.Td>
                <Text size="sm">{say(text)}</Text>
                <Text size="xs" c="dimmed">
                  <When at={at} />
                </Text>
              </Table.Td>
              <Table.Td ta="right" style={{ whiteSpace: 'nowrap', verticalAlign: 'top' }}>
                {money(line, lang, currency)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Allowed to="engineers.pay.correct">
        <Correct id={id} />
      </Allowed>
    </section>
  )
}

/** One entry more; what stands is never edited. */
function Correct({ id }: { id: string }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [amount, setAmount] = useState<number | string>('')
  const [why, setWhy] = useState('')
  const cents = typeof amount === 'number' ? Math.round(100 * amount) : 0
  const send = () =>
    act('POST /api/engineers/:id/earnings', { id }, { cents, why: why.trim() }, t('common.saved')).then((done) => {
      if (!done) return
      setAmount('')
      setWhy('')
    })
  return (
    <Stack gap={4} mt="xs">
      <Group gap="sm" align="flex-end">
        <NumberInput
          size="xs"
          w={120}
          label={t('crew.correctBy')}
          value={amount}
          onChange={setAmount}
          decimalScale={2}
        />
        <TextInput
          size="xs"
          label={t('common.why')}
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
        <Button size="xs" variant="default" loading={busy} disabled={!cents || !why.trim()} onClick={() => void send()}>
          {t('crew.correct')}
        </Button>
      </Group>
    </Stack>
  )
}
