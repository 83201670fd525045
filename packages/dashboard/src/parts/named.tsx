import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Id } from './show.tsx'

/** A name above its code, however long they are: a list keeps its other columns. */
export function Named({ name, code }: { name: string; code: string }): ReactNode {
  return (
    <div style={{ overflowWrap: 'anywhere', wordBreak: 'break-word' }}>
      <Text size="sm" lineClamp={2}>
        {name}
      </Text>
      <Id value={code} />
    </div>
  )
}
