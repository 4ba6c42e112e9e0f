import { Modal, Skeleton, Stack, Text, UnstyledButton } from '@mantine/core'
import { type KeyboardEvent, useRef } from 'react'
import { useWords } from '../../words/index.ts'
import { type Move, type Moving, useConsequence, useGive, useMoves } from './useMove.tsx'

/** “Move to…”: everybody who may do it, the cheapest first, with what it brings about; arrows and Enter are enough. */
export function MoveTo({ moving, close }: { moving: Moving | undefined; close: () => void }) {
  const { t } = useWords()
  const say = useConsequence()
  const { data } = useMoves(moving)
  const { give, busy } = useGive()
  const list = useRef<HTMLDivElement>(null)
  const from = data?.items.find(({ isNow }) => isNow)
  const choose = async (move: Move) => {
    if (moving && (await give(moving, move, from))) close()
  }
  const walk = ({ key, currentTarget }: KeyboardEvent<HTMLDivElement>) => {
    const by = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0
    if (by === 0) return
    const all = [...currentTarget.querySelectorAll<HTMLButtonElement>('button:not(:disabled)')]
    const here = all.findIndex((one) => one.matches(':focus'))
    all[(here + by + all.length) % all.length]?.focus()
  }
  return (
    <Modal opened={!!moving} onClose={close} title={t('dispatch.moveTo', { number: moving?.number ?? '' })} size="lg">
      {!data && <Skeleton height={160} />}
      <Stack gap={4} ref={list} onKeyDown={walk} role="group" aria-label={t('dispatch.who')}>
        {data?.items.map((move, i) => (
          <UnstyledButton
            key={move.engineer}
            className="move-row"
            disabled={busy || !!move.refused || move.isNow}
            data-autofocus={i === 0 || undefined}
            onClick={() => void choose(move)}
          >
            <Text size="sm" fw={600}>
              {move.name}
              {move.isNow ? ` · ${t('dispatch.isTheirs')}` : ''}
            </Text>
            <Text size="sm" c={move.refused ? 'dimmed' : move.late.length > 0 ? 'var(--late)' : undefined}>
              {say(move, moving?.kind ?? '')}
            </Text>
          </UnstyledButton>
        ))}
      </Stack>
      <Text size="xs" c="dimmed" mt="sm">
        {t('dispatch.moveKeys')}
      </Text>
    </Modal>
  )
}
