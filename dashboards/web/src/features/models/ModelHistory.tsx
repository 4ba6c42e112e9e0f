import { Card, Code, Table, Text, Title } from '@mantine/core'
import type { ModelsView } from '../../api.ts'
import { number, When } from '../../components/format.tsx'
import { useWords } from '../../words/index.ts'

/** Reasons that the product wrote itself; people's own words stay as they are. */
const ownWords = {
  'not worse than the version in force': 'notWorse',
  'taken back': 'takenBack',
  'taken back by command': 'byCommand',
} as const

/** Every change of the version in force: who, why, and from where in the journal. */
export function ModelHistory({ history }: { history: ModelsView['history'] }) {
  const { t, lang } = useWords()
  const reason = ({ action, why, by }: ModelsView['history'][number]): string => {
    if (by === 'hearthwatch' && action !== 'promote' && action !== 'rollback') return t(`models.why.${action}`)
    return Object.hasOwn(ownWords, why) ? t(`models.why.${ownWords[why as keyof typeof ownWords]}`) : why
  }
  return (
    <Card withBorder padding="md">
      <Title order={3} fz="md" mb="xs">
        {t('models.history')}
      </Title>
      <Table.ScrollContainer minWidth={300}>
        <Table verticalSpacing={4} fz="sm">
          <Table.Tbody>
            {history.map((swap) => {
              const { id, action, toSet, by, at, offset, refused } = swap
              return (
                <Table.Tr key={id}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>
                    {t(`models.action.${action}`)}
                    <Text size="xs" c="dimmed">
                      {at === null ? '' : <When at={at} />}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Code>{toSet}</Code>
                    <Text size="xs" c="dimmed">
                      {offset === null ? t('models.pending') : `@ ${number(offset, lang, 0)}`}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{refused === null ? reason(swap) : t('models.refused', { why: refused })}</Text>
                    <Text size="xs" c="dimmed">
                      {by}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              )
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  )
}
