import { Button, Kbd, Modal, Stack, Table, Textarea } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useState } from 'react'
import { useCall } from '../../api.ts'
import { markVerdicts } from '../../components/markVerdicts.ts'
import { worldClock } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import type { Deed } from './deeds.ts'
import type { Asking } from './useInboxKeys.ts'

const SNOOZES = [4, 24, 168] as const
const HOUR = 3_600_000

/** Asks what is still open of a deed: each answer has a digit. */
export function AskDeed({
  asking,
  count,
  close,
  carryOut,
}: {
  asking: Asking
  count: number
  close: () => void
  carryOut: (deed: Deed) => void
}) {
  const { t } = useWords()
  const done = (deed: Deed) => {
    close()
    carryOut(deed)
  }
  return (
    <Modal opened onClose={close} title={`${t(`deed.ask.${asking}`)}${count > 1 ? ` (${count})` : ''}`}>
      {asking === 'snooze' && <Snooze done={done} />}
      {asking === 'mark' && <WhatItIs done={done} />}
      {asking === 'assign' && <Whom done={done} />}
      {asking === 'note' && <Note done={done} />}
      {asking === 'keys' && <Keys />}
    </Modal>
  )
}

/** Answers to choose from, by a digit or a click. */
function Choice({ answers }: { answers: readonly { text: string; choose: () => void }[] }) {
  useHotkeys(answers.slice(0, 9).map(({ choose }, i) => [String(i + 1), choose]))
  return (
    <Stack gap="xs">
      {answers.map(({ text, choose }, i) => (
        <Button
          key={text}
          variant="default"
          justify="flex-start"
          leftSection={i < 9 && <Kbd size="xs">{i + 1}</Kbd>}
          data-autofocus={i === 0 || undefined}
          onClick={choose}
        >
          {text}
        </Button>
      ))}
    </Stack>
  )
}

type Asks<D extends Deed = Deed> = { done: (deed: D) => void }

function Snooze({ done }: Asks) {
  const { t } = useWords()
  return (
    <Choice
      answers={SNOOZES.map((hours) => ({
        text: hours < 24 ? t('common.hours', { count: hours }) : t('common.days', { count: hours / 24 }),
        choose: () => done({ name: 'snooze', until: worldClock.current.now + hours * HOUR }),
      }))}
    />
  )
}

/** Why nobody needs to come: one of three, in a person's own words where they like. */
export function WhatItIs({ done }: Asks<Extract<Deed, { name: 'mark' }>>) {
  const { t } = useWords()
  const [why, setWhy] = useState('')
  return (
    <Stack>
      <Choice
        answers={markVerdicts.map((verdict) => ({
          text: t(`mark.verdicts.${verdict}`),
          choose: () => done({ name: 'mark', verdict, why: why.trim() }),
        }))}
      />
      <Textarea
        label={t('common.why')}
        description={t('mark.hint')}
        value={why}
        onChange={(event) => setWhy(event.currentTarget.value)}
        autosize
      />
    </Stack>
  )
}

function Whom({ done }: Asks) {
  const { data } = useCall('GET /api/alerts/handlers', {})
  return (
    <Choice answers={(data?.items ?? []).map((to) => ({ text: to, choose: () => done({ name: 'assign', to }) }))} />
  )
}

function Note({ done }: Asks) {
  const { t } = useWords()
  const [text, setText] = useState('')
  const write = () => text.trim() && done({ name: 'note', text: text.trim() })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        write()
      }}
    >
      <Stack>
        <Textarea
          label={t('deed.note')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) write()
          }}
          maxLength={2_000}
          data-autofocus
          autosize
        />
        <Button type="submit" disabled={!text.trim()}>
          {t('common.save')}
        </Button>
      </Stack>
    </form>
  )
}

const keys = ['j', 'k', 'Enter', 'o', 'x', 'X', 'a', 's', 'e', 'w', 'n', 'u', 'Esc', '?'] as const
function Keys() {
  const { t } = useWords()
  return (
    <Table>
      <Table.Tbody>
        {keys.map((key) => (
          <Table.Tr key={key}>
            <Table.Th w={90}>
              <Kbd>{key === 'X' ? 'Shift X' : key}</Kbd>
            </Table.Th>
            <Table.Td>{t(`deed.keys.${key}`)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
