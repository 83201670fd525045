import { Anchor, Center, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

export function NotFound(): ReactNode {
  return (
    <Center mih="60vh">
      <Stack align="center" gap="xs">
        <Title order={1} size="h3">
          There is no such page
        </Title>
        <Text c="dimmed">The address may be mistyped, or the page has moved.</Text>
        <Anchor href="/">To the dashboard</Anchor>
      </Stack>
    </Center>
  )
}
