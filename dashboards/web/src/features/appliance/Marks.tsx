import { Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Panel } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'

/** What people said of its alerts without a visit, what that holds back, and the way back. */
export function Marks({ appliance, kind }: { appliance: string; kind: string }) {
  const { t } = useWords()
  const names = useNames()
  const { act, busy } = useAction()
  const { data } = useCall('GET /api/marks', { appliance }, 30_000)
  if (!data?.items.length) return null
  return (
    <Panel title={t('mark.list')}>
      <Text size="xs" c="dimmed" mb="xs">
        {t('mark.listHint')}
      </Text>
      <Stack gap="xs">
        {data.items.map(({ id, alert, failureMode, verdict, by, why, at, holds, undone }) => (
          <Group key={id} justify="space-between" gap="xs" wrap="nowrap">
            <div>
              <Anchor component={Link} to="/alerts" search={{ id: alert } as never} size="sm">
                {names.mode(kind, failureMode)}
              </Anchor>
              <Text size="sm" span>
                {' · '}
                {t(`mark.verdicts.${verdict}`)}
                {why ? ` (“${why}”)` : ''}
              </Text>
              {holds.length > 0 && (
                <Badge ml="xs" size="sm" variant="light" tt="none">
                  {t('mark.holds', { count: holds.length })}
                </Badge>
              )}
              <Text size="xs" c="dimmed">
                {by.replace('user:', '')} · <When at={at} />
                {undone && ` · ${t('mark.undone', { by: undone.by.replace('user:', '') })}`}
              </Text>
            </div>
            {!undone && (
              <Allowed to="alerts.handle">
                <Button
                  size="compact-xs"
                  variant="default"
                  loading={busy}
                  onClick={() => void act('POST /api/marks/:id/undo', { id }, undefined, t('common.saved'))}
                >
                  {t('mark.undo')}
                </Button>
              </Allowed>
            )}
          </Group>
        ))}
        {data.more && <Text size="xs">{t('common.shownFirst', { count: data.items.length })}</Text>}
      </Stack>
    </Panel>
  )
}
