import { Alert, Button, Center, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconAlertTriangle, type IconProps } from '@tabler/icons-react'
import type { ComponentType, ReactNode } from 'react'
import { ApiError } from '../api.ts'

/** What is shown where nothing is yet: what would be here, and the way to it. */
export function Empty({
  icon: Icon,
  title,
  children,
  action,
}: {
  icon: ComponentType<IconProps>
  title: string
  children: ReactNode
  action?: ReactNode
}): ReactNode {
  return (
    <Center py={56}>
      <Stack align="center" gap="xs" maw={420}>
        <ThemeIcon size={48} radius="xl" variant="light">
          <Icon size={24} stroke={1.6} />
        </ThemeIcon>
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text c="dimmed" ta="center" size="sm">
          {children}
        </Text>
        {action}
      </Stack>
    </Center>
  )
}

/** What went wrong, and how to go on. */
export function Failure({ error, retry }: { error: Error; retry?: () => void }): ReactNode {
  const reference = error instanceof ApiError && error.status >= 500 ? error.requestId : null
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} />} title="This could not be loaded" my="md">
      <Text size="sm">{error.message}</Text>
      {reference && (
        <Text size="xs" c="dimmed">
          Request {reference}
        </Text>
      )}
      {retry && (
        <Button mt="sm" size="xs" color="red" variant="light" onClick={retry}>
          Try again
        </Button>
      )}
    </Alert>
  )
}
