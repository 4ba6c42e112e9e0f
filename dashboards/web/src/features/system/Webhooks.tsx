import { Button, Card, Checkbox, Group, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { type Answer, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useAction } from '../../components/useAction.ts'
import { useMay } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { SendAgain } from './SendAgain.tsx'

const ROWS = 20

/** What the webhook was told, with what its server made of it; what is chosen is sent again under the same id. */
export function Webhooks() {
  const { t } = useWords()
  const { act, busy } = useAction()
  const mayRepair = useMay()('ingest.repair')
  const [cursor, setCursor] = useState<string>()
  const [chosen, setChosen] = useState<readonly string[]>([])
  const { data } = useCall('GET /api/webhooks', { limit: ROWS, cursor }, 5_000)
  if (!data || (data.items.length === 0 && cursor === undefined)) return null
  const turn = (to?: string): void => {
    setCursor(to)
    setChosen([])
  }
  const choose = (key: string, on: boolean): void =>
    setChosen(on ? [...chosen, key] : chosen.filter((one) => one !== key))
  const sendAgain = async (): Promise<void> => {
    await act('POST /api/webhooks/replay', {}, { keys: [...chosen] }, t('data.replayed'))
    setChosen([])
  }
  return (
    <Card withBorder padding="md">
      <SendAgain title={t('data.webhook')} busy={busy} nothing={chosen.length === 0} send={() => void sendAgain()} />
      <Text size="sm" c="dimmed" mb="xs">
        {t('data.webhookHint')}
      </Text>
      <Table.ScrollContainer minWidth={520}>
        <Table verticalSpacing={4}>
          <Table.Tbody>
            {data.items.map((row) => (
              <Row
                key={row.key}
                row={row}
                choice={mayRepair ? { chosen: chosen.includes(row.key), choose } : undefined}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {(cursor !== undefined || data.next !== undefined) && (
        <Group mt="sm" gap="sm">
          {cursor !== undefined && (
            <Button size="xs" variant="default" onClick={() => turn()}>
              {t('audit.newest')}
            </Button>
          )}
          {data.next !== undefined && (
            <Button size="xs" variant="default" onClick={() => turn(data.next)}>
              {t('audit.older')}
            </Button>
          )}
        </Group>
      )}
    </Card>
  )
}

function Row({
  row: { key, state, tries, createdAt, settledAt, error },
  choice,
}: {
  row: Answer<'GET /api/webhooks'>['items'][number]
  choice?: { chosen: boolean; choose: (key: string, on: boolean) => void } | undefined
}) {
  const { t } = useWords()
  return (
    <Table.Tr>
      {choice && (
        <Table.Td w={36}>
          <Checkbox
            size="xs"
            aria-label={t('data.choose', { key })}
            disabled={state === 'waiting'}
            checked={choice.chosen}
            onChange={(event) => choice.choose(key, event.currentTarget.checked)}
          />
        </Table.Td>
      )}
      <Table.Td>
        {t(`data.sent.${state}`)}
        {error !== undefined && (
          <Text size="xs" c="dimmed">
            {error}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{t('data.tries', { count: tries })}</Table.Td>
      <Table.Td>
        <When at={settledAt ?? createdAt} />
      </Table.Td>
      <Table.Td ff="monospace" fz="xs">
        {key}
      </Table.Td>
    </Table.Tr>
  )
}
