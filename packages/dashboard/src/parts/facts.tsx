import { Group, Paper, SimpleGrid, Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** What is known of one thing, as pairs. */
export function Facts({
  items,
  wide,
}: {
  items: readonly (readonly [string, ReactNode])[]
  /** One below the other, where there is little room. */
  wide?: boolean
}): ReactNode {
  return (
    <Paper withBorder p="md">
      <SimpleGrid cols={wide ? 1 : { base: 2, md: 4 }} spacing="md" component="dl" m={0}>
        {items.map(([name, value]) => (
          <div key={name}>
            <Text component="dt" size="xs" c="dimmed">
              {name}
            </Text>
            <Text component="dd" m={0} size="sm" style={{ overflowWrap: 'anywhere' }}>
              {value}
            </Text>
          </div>
        ))}
      </SimpleGrid>
    </Paper>
  )
}

/** A part of a page under its own title. */
export function Part({
  title,
  children,
  action,
}: {
  title: string
  children: ReactNode
  action?: ReactNode
}): ReactNode {
  return (
    <section style={{ marginTop: 'var(--mantine-spacing-xl)' }}>
      <Group justify="space-between" mb="xs">
        <Text component="h2" fw={620} m={0}>
          {title}
        </Text>
        {action}
      </Group>
      {children}
    </section>
  )
}
