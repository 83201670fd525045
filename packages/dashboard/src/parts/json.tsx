import { Code, CopyButton, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'

/** A body as it travels, laid out to be read; its text can be copied. */
export function Json({ value, label }: { value: unknown; label: string }): ReactNode {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  return (
    <div style={{ position: 'relative' }}>
      <Code block mah={380} tabIndex={0} role="region" aria-label={label} style={{ overflow: 'auto' }}>
        {text}
      </Code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <UnstyledButton
            onClick={copy}
            fz="xs"
            fw={550}
            aria-label={`Copy: ${label}`}
            style={{ position: 'absolute', top: 6, insetInlineEnd: 10 }}
          >
            {copied ? 'Copied' : 'Copy'}
          </UnstyledButton>
        )}
      </CopyButton>
    </div>
  )
}
