import { Alert, Button, Code, CopyButton, Group, Stack } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { CreatedApiKey } from '../types.ts'

/** A key's text, this once; it is kept nowhere, here neither. */
export function NewKey({ made, done }: { made: CreatedApiKey; done: () => void }): ReactNode {
  return (
    <Stack>
      <Alert color="yellow">
        Copy it now into your secrets manager. It is shown this once: we keep only its hash.
      </Alert>
      <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }} data-testid="new-key">
        {made.key}
      </Code>
      <Group justify="flex-end">
        <CopyButton value={made.key}>
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
