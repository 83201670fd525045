import { Group, SegmentedControl, Select, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconTerminal2 } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useFilters } from '../addresses.ts'
import { useAccount } from '../ask.ts'
import { Heading } from '../parts/heading.tsx'
import { RequestList } from '../parts/request-list.tsx'
import { Empty } from '../parts/states.tsx'
import type { ApiKey } from '../types.ts'

const outcomes = ['All', 'Succeeded', 'Refused', 'Failed']

/** What the tenant's programs asked for in this environment, one request a line. */
export function Requests(): ReactNode {
  const { filters, set } = useFilters()
  const keys = useAccount<ApiKey[]>('/tenants/me/api-keys')
  const search = useDebouncedCallback((requestId: string) => set({ requestId }), 300)
  const outcome = outcomes.find((one) => one.toUpperCase() === filters['outcome']) ?? 'All'
  const isFiltered = ['outcome', 'apiKeyId', 'requestId'].some((name) => filters[name] !== undefined)
  return (
    <>
      <Heading
        title="Request log"
        about="What your programs asked for in this environment, and how it ended. Kept for seven days; no query and no body is."
      />
      <Group mb="md" align="flex-end">
        <TextInput
          aria-label="X-Request-Id"
          placeholder="An X-Request-Id"
          defaultValue={String(filters['requestId'] ?? '')}
          onChange={(event) => search(event.currentTarget.value.trim())}
          w={300}
        />
        <Select
          aria-label="API key"
          placeholder="Any key"
          clearable
          data={(keys.data ?? []).map(({ id, name, last4 }) => ({ value: id, label: `${name} …${last4}` }))}
          value={String(filters['apiKeyId'] ?? '') || null}
          onChange={(value) => set({ apiKeyId: value ?? undefined })}
          w={200}
        />
        <SegmentedControl
          aria-label="How it ended"
          data={outcomes}
          value={outcome}
          onChange={(value) => set({ outcome: value === 'All' ? undefined : value.toUpperCase() })}
        />
      </Group>
      <RequestList
        filters={{
          outcome: filters['outcome'],
          apiKeyId: filters['apiKeyId'],
          requestId: filters['requestId'],
        }}
        empty={
          isFiltered ? (
            <Empty icon={IconTerminal2} title="None of that kind">
              Try another key, or all of them. What is older than seven days is counted only.
            </Empty>
          ) : (
            <Empty icon={IconTerminal2} title="No requests yet">
              Each answer of the API carries an{' '}
              <Text span inherit ff="monospace">
                X-Request-Id
              </Text>
              : here you find what it belonged to.
            </Empty>
          )
        }
      />
    </>
  )
}
