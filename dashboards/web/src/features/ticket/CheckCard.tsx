import { Button, Card, SegmentedControl, Stack, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { call, type Text as Said, type Ticket } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Panel } from '../../components/Page.tsx'
import { useMay } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { TestCard } from './TestCard.tsx'

/** What showed more before a visit was offered: the appliance itself, and its owner. */
export const Checks = ({ ticket, changed }: { ticket: Ticket; changed: () => void }) => (
  <>
    <TestCard ticket={ticket} />
    <CheckCard ticket={ticket} changed={changed} />
  </>
)

/** What its owner was asked before a visit was offered, and what their answers made of what was believed. */
function CheckCard({ ticket, changed }: { ticket: Ticket; changed: () => void }) {
  const { t, say } = useWords()
  const names = useNames()
  const mayAnswer = useMay()('tickets.agree')
  const { check, id } = ticket
  if (!check) return null
  const asked = names.catalog?.items.find(({ kind }) => kind === ticket.kind)?.questions
  const mode = (of: { failureMode: string } | undefined) => (of ? names.mode(ticket.kind, of.failureMode) : '—')
  const isOpen = check.answeredAt === undefined
  const questions = check.questions.flatMap((id) => {
    const spec = asked?.[id]
    return spec ? [{ id, text: spec.text }] : []
  })
  return (
    <Panel title={t('ownerCheck.asked')}>
      <Text size="sm" c="dimmed" mb="xs">
        {check.outcome ? t(`ownerCheck.led.${check.outcome}`) : t('ownerCheck.waiting')} ·{' '}
        <When at={check.answeredAt ?? check.askedAt} />
      </Text>
      {check.realAfter !== undefined && (
        <Text size="sm" mb="xs">
          {t('ownerCheck.changed', {
            before: Math.round(check.real * 100),
            after: Math.round(check.realAfter * 100),
            was: mode(check.leading),
            is: check.realAfter > 0.5 ? mode(check.leadingAfter) : t('ownerCheck.nothing'),
          })}
        </Text>
      )}
      {!isOpen && (
        <Table verticalSpacing={2}>
          <Table.Tbody>
            {questions.map(({ id, text }) => (
              <Table.Tr key={id}>
                <Table.Td>{say(text)}</Table.Td>
                <Table.Td ta="right">{t(`ownerCheck.${check.answers?.[id] ?? 'unsure'}`)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {isOpen && mayAnswer && ticket.state === 'new' && (
        <>
          <Text size="sm" mb="xs">
            {t('ownerCheck.answerFor')}
          </Text>
          <Questions
            questions={questions}
            busy={false}
            send={async (answers) => {
              await call('POST /api/tickets/:id/answers', { id }, { answers })
              changed()
            }}
          />
        </>
      )}
    </Panel>
  )
}

type Answers = Record<string, 'yes' | 'no' | 'unsure'>
interface Question {
  id: string
  text: Said
}

/** What an owner says on the telephone of what they see and hear. What is not touched is “I cannot tell”. */
function Questions({
  questions,
  busy,
  send,
}: {
  questions: readonly Question[]
  busy: boolean
  send: (answers: Answers) => Promise<void>
}) {
  const { t, say } = useWords()
  const [said, setSaid] = useState<Answers>({})
  const all = Object.fromEntries(questions.map(({ id }) => [id, said[id] ?? 'unsure'])) satisfies Answers
  return (
    <Card withBorder padding="md" component="section" aria-label={t('ownerCheck.title')}>
      <Stack gap="md">
        {questions.map(({ id, text }) => (
          <Stack key={id} gap={6}>
            <Text id={`asked-${id}`}>{say(text)}</Text>
            <SegmentedControl
              fullWidth
              aria-labelledby={`asked-${id}`}
              disabled={busy}
              value={said[id] ?? 'unsure'}
              onChange={(value) => setSaid({ ...said, [id]: value === 'yes' || value === 'no' ? value : 'unsure' })}
              data={(['yes', 'no', 'unsure'] as const).map((value) => ({ value, label: t(`ownerCheck.${value}`) }))}
            />
          </Stack>
        ))}
        <Button disabled={busy} onClick={() => void send(all)}>
          {t('ownerCheck.write')}
        </Button>
      </Stack>
    </Card>
  )
}
