import { Group, Stack, Text } from '@mantine/core'
import { useCall } from '../../api.ts'
import { exactTime } from '../../components/plainText.ts'
import { SureButton } from '../../components/Sure.tsx'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useClock } from '../../live.ts'
import { useWords } from '../../words/index.ts'

/** Whom its owner lets see it, whether they looked, and the end of it where the owner asks for that. */
export function OwnerShares({ id }: { id: string }) {
  const { t, lang } = useWords()
  const { act, busy } = useAction()
  const { data } = useCall('GET /api/appliances/:id/shares', { id })
  const minute = useClock(({ now }) => Math.floor(now / 60_000) * 60_000)
  if (!data?.items.length) return null
  return (
    <Stack gap={4} mb="sm">
      <Text size="sm">{t('rights.sharedWith')}:</Text>
      {data.items.map(({ id: share, scope, endsAt, revokedAt, uses }) => {
        const isOpen = revokedAt === undefined && endsAt > minute
        return (
          <Group key={share} justify="space-between" gap="xs" wrap="nowrap">
            <Text size="sm" c={isOpen ? undefined : 'dimmed'}>
              {t(`rights.scopes.${scope}`)},{' '}
              {isOpen ? t('rights.until', { at: exactTime(endsAt, lang) }) : t('rights.ended')} ·{' '}
              {uses[0]
                ? t('rights.looks', { count: uses.length, at: exactTime(uses[0].at, lang) })
                : t('rights.neverLooked')}
            </Text>
            {isOpen && (
              <Allowed to="privacy.change">
                <SureButton
                  title={t('rights.end')}
                  why={t('rights.endShareWhy')}
                  busy={busy}
                  deed={async () =>
                    (await act(
                      'DELETE /api/appliances/:id/shares/:share',
                      { id, share },
                      undefined,
                      t('places.ended'),
                    )) !== undefined
                  }
                >
                  {t('rights.end')}
                </SureButton>
              </Allowed>
            )}
          </Group>
        )
      })}
    </Stack>
  )
}
