import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { number } from '../../components/format.tsx'
import { useWords } from '../../words/index.ts'

/** A number that leads to its tickets, unless there are none. */
export function TicketCount({ search, count, words }: { search: object; count: number | null; words?: string }) {
  const { lang } = useWords()
  const text = words ?? number(count, lang, 0)
  if (!count) {
    return (
      <Text span size="sm" c="dimmed">
        {text}
      </Text>
    )
  }
  return (
    <Anchor component={Link} to="/tickets" search={search as never} size="sm">
      {text}
    </Anchor>
  )
}
