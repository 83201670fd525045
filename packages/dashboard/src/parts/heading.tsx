import { Box, Group, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'

/** What a page is, beside what can be done on it. */
export function Heading({
  title,
  about,
  children,
}: {
  title: string
  about?: ReactNode
  children?: ReactNode
}): ReactNode {
  useEffect(() => {
    document.title = `${title} · NovaBilling`
  }, [title])
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
      <Box miw={0}>
        <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Title>
        {about !== undefined && (
          <Text component="div" c="dimmed" size="sm" mt={2}>
            {about}
          </Text>
        )}
      </Box>
      <Group gap="xs">{children}</Group>
    </Group>
  )
}
