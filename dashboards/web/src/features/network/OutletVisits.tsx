import { Anchor, Button, Drawer, Group, Stack, Table, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type Outlet, useCall } from '../../api.ts'
import { number, When } from '../../components/format.tsx'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'

/** The visits that the score of an outlet is made of, so that it can be understood there. */
export function OutletVisits({ outlet, close, change }: { outlet: Outlet; close: () => void; change: () => void }) {
  const { t, lang } = useWords()
  const { act, busy } = useAction()
  const { data } = useCall('GET /api/outlets/:id/visits', { id: outlet.id })
  return (
    <Drawer opened onClose={close} position="right" size="lg" title={outlet.name}>
      <Stack gap="md">
        <Text>{t('network.scored', { score: number(outlet.score, lang, 2), count: outlet.of })}</Text>
        <Table.ScrollContainer minWidth={360}>
          <Table verticalSpacing={4}>
            <Table.Tbody>
              {data?.items.map(({ ticket, number: shown, at, stars, cameBack, late }) => (
                <Table.Tr key={ticket}>
                  <Table.Td>
                    <Anchor component={Link} to={`/tickets/${ticket}`} size="sm">
                      {shown}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>{stars === undefined ? t('network.unrated') : `★ ${stars}`}</Table.Td>
                  <Table.Td>{cameBack ? t('network.cameBack') : ''}</Table.Td>
                  <Table.Td>{late ? t('network.late') : ''}</Table.Td>
                  <Table.Td ta="right">
                    <When at={at} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        <Allowed to="network.change">
          <Group gap="sm">
            <Button variant="default" onClick={change}>
              {t('network.change')}
            </Button>
            <Button
              variant="subtle"
              color="red"
              loading={busy}
              onClick={() =>
                void act('DELETE /api/outlets/:id', { id: outlet.id }, undefined, t('common.saved')).then(close)
              }
            >
              {t('network.remove')}
            </Button>
          </Group>
        </Allowed>
      </Stack>
    </Drawer>
  )
}
