import { Anchor, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** What was done, and the way back where there is one. */
export function Said({ text, undo }: { text: string; undo: () => void }): ReactNode {
  return (
    <Group justify="space-between" gap="md" wrap="nowrap">
      <Text size="sm">{text}</Text>
      <Anchor
        component="button"
        type="button"
        size="sm"
        fw={600}
        underline="always"
        c="inherit"
        onClick={undo}
      >
        Undo
      </Anchor>
    </Group>
  )
}
