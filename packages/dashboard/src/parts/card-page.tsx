import { Box, Center, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'

/** A page outside the shell: one card, one thing to do. */
export function CardPage({
  title,
  about,
  children,
}: {
  title: string
  about?: ReactNode
  children: ReactNode
}): ReactNode {
  useEffect(() => {
    document.title = `${title} · NovaBilling`
  }, [title])
  return (
    <Center mih="100vh" px="md" py="xl" component="main">
      <Box w="100%" maw={400}>
        <Group gap={10} mb="lg" justify="center">
          <img src="/mark.svg" width={32} height={32} alt="" />
          <Text fw={650} size="lg">
            NovaBilling
          </Text>
        </Group>
        <Paper withBorder p="xl" shadow="xs">
          <Stack gap={4} mb="md">
            <Title order={1} size="h3">
              {title}
            </Title>
            {about !== undefined && (
              <Text c="dimmed" size="sm" component="div">
                {about}
              </Text>
            )}
          </Stack>
          {children}
        </Paper>
      </Box>
    </Center>
  )
}
