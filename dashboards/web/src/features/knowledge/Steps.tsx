import { List } from '@mantine/core'

/** The text of an article: one line, one step. */
export function Steps({ text }: { text: string }) {
  const lines = text.split('\n').filter((line) => line.trim())
  return (
    <List type="ordered" spacing={6}>
      {lines.map((line) => (
        <List.Item key={line}>{line}</List.Item>
      ))}
    </List>
  )
}
