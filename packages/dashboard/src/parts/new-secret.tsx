import { Alert, Button, Code, CopyButton, Group, Stack } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { ReactNode } from 'react'

/** Something that is shown this once; it is kept nowhere, here neither. */
export function NewSecret({
  text,
  about,
  testId,
  done,
}: {
  text: string
  about: ReactNode
  testId: string
  done: () => void
}): ReactNode {
  return (
    <Stack>
      <Alert color="yellow">{about}</Alert>
      <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }} data-testid={testId}>
        {text}
      </Code>
      <Group justify="flex-end">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button onClick={done}>I have it</Button>
      </Group>
    </Stack>
  )
}
