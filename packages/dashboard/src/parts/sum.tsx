import { Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Money } from './show.tsx'

/** One of the sums below the lines of a document. */
export function Sum({
  label,
  amount,
  currency,
  strong,
}: {
  label: string
  amount: number
  currency: string
  strong?: boolean
}): ReactNode {
  return (
    <Group gap="xl">
      <Text size="sm" c={strong ? undefined : 'dimmed'} fw={strong ? 600 : undefined}>
        {label}
      </Text>
      <Text size="sm" miw={110} ta="end">
        <Money amount={amount} currency={currency} {...(strong ? { strong } : {})} />
      </Text>
    </Group>
  )
}
