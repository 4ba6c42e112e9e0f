import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type Answer, useCall } from '../../api.ts'
import { useNames } from '../../components/names.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

export type Move = Answer<'GET /api/dispatch/moves'>['items'][number]
export interface Moving {
  ticket: string
  number: string
  kind: string
}

/** What giving a job to each engineer would bring about, asked before anything is done. */
export const useMoves = (moving: Moving | undefined) =>
  useCall('GET /api/dispatch/moves', moving ? { ticket: moving.ticket } : null)

/** `+3.2 km · HW-12 late by 20 min · without start relay`. */
export function useConsequence() {
  const { t, say } = useWords()
  const names = useNames()
  return (move: Move, kind: string): string =>
    move.refused
      ? say(move.refused)
      : [
          ...(move.noRoom ? [t('dispatch.noRoom')] : []),
          ...(move.km === undefined ? [] : [t('dispatch.moreKm', { km: `${move.km >= 0 ? '+' : ''}${move.km}` })]),
          ...move.late.map(({ number, minutes }) => t('dispatch.becomesLate', { number, minutes })),
          ...move.missing.map((part) => t('dispatch.without', { part: names.part(kind, part) })),
          ...(move.late.length + move.missing.length === 0 && !move.noRoom ? [t('dispatch.nothingSuffers')] : []),
        ].join(' · ')
}

/** Gives a job to somebody, and offers the way back. */
export function useGive() {
  const { t } = useWords()
  const { act, busy } = useAction()
  const assign = (id: string, engineer: string, why: string) =>
    act('POST /api/tickets/:id/assign', { id }, { engineer, why })
  const give = async (moving: Moving, to: Move, from: Move | undefined): Promise<boolean> => {
    if (!(await assign(moving.ticket, to.engineer, t('dispatch.movedWhy')))) return false
    const key = notifications.show({
      color: 'teal',
      autoClose: 12_000,
      message: (
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm">{t('dispatch.moved', { number: moving.number, name: to.name })}</Text>
          {from && (
            <Button
              size="compact-sm"
              variant="light"
              onClick={() => {
                notifications.hide(key)
                void assign(moving.ticket, from.engineer, t('dispatch.undoneWhy'))
              }}
            >
              {t('dispatch.undo')}
            </Button>
          )}
        </Group>
      ),
    })
    return true
  }
  return { give, busy }
}
