import { Card, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/** One number with its name. */
export function Stat(props: { label: string; value: ReactNode; to?: string; search?: object; hint?: string }) {
  const { label, value, to, search, hint } = props
  const inside = (
    <>
      <Text size="xs" c="dimmed" truncate>
        {label}
      </Text>
      <Text fz={20} fw={600} lh={1.3}>
        {value}
      </Text>
      {hint && (
        <Text size="xs" c="dimmed" truncate title={hint}>
          {hint}
        </Text>
      )}
    </>
  )
  return to ? (
    <Card withBorder padding="sm" component={Link} to={to} search={search as never} style={{ textDecoration: 'none' }}>
      {inside}
    </Card>
  ) : (
    <Card withBorder padding="sm">
      {inside}
    </Card>
  )
}
