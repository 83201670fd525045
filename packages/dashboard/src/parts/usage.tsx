import { Table, Text } from '@mantine/core'
import { IconGauge } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { count } from '../format.ts'
import type { CurrentUsage, UsageEvent } from '../types.ts'
import { Part } from './facts.tsx'
import { Listing } from './listing.tsx'
import { Day, Id } from './show.tsx'
import { Empty, Failure } from './states.tsx'

/** What a subscription has used in its period under way, by metric, and the events behind it. */
export function UsageOfSubscription({ id }: { id: string }): ReactNode {
  const [page, setPage] = useState(1)
  const { data: usage, error, refetch } = useData<CurrentUsage>(`/subscriptions/${id}/usage`)
  const events = useData<Page<UsageEvent>>(`/events/subscription/${id}`, { page, limit: 10 })
  if (error && !usage) return <Failure error={error} retry={() => void refetch()} />
  const used = usage?.metrics.filter(({ events: some, units }) => some > 0 || Number(units) !== 0) ?? []
  // A subscription that nothing is counted of has nothing to show here.
  if (used.length === 0 && events.data?.data.length === 0) return null
  return (
    <>
      {used.length > 0 && (
        <Part title="Usage of this period">
          <Table withTableBorder aria-label="Usage of this period" verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Metric</Table.Th>
                <Table.Th ta="end">Units</Table.Th>
                <Table.Th ta="end">Events</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {used.map((metric) => (
                <Table.Tr key={metric.billableMetricId}>
                  <Table.Td>
                    {metric.name} <Id value={metric.code} />
                    {metric.filters.length > 1 &&
                      metric.filters.map(({ values, units }) => (
                        <Text key={JSON.stringify(values)} size="xs" c="dimmed">
                          {Object.entries(values)
                            .map(([key, value]) => `${key} ${value}`)
                            .join(', ')}
                          : {units}
                        </Text>
                      ))}
                  </Table.Td>
                  <Table.Td ta="end" style={{ fontVariantNumeric: 'tabular-nums' }}>
                    {metric.units}
                  </Table.Td>
                  <Table.Td ta="end">{count(metric.events)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Part>
      )}
      <Part title="Usage events">
        <Listing
          answer={events}
          label="Usage events"
          page={page}
          turnTo={setPage}
          empty={
            <Empty icon={IconGauge} title="No usage yet">
              Events that your system reports for this subscription are listed here.
            </Empty>
          }
          columns={[
            { title: 'Code', show: ({ code }) => code },
            { title: 'Your id', wide: true, show: ({ transactionId }) => <Id value={transactionId} /> },
            {
              title: 'Properties',
              show: ({ properties }) =>
                Object.entries(properties)
                  .map(([name, value]) => `${name} ${String(value)}`)
                  .join(', ') || '–',
            },
            { title: 'When', end: true, show: ({ timestamp }) => <Day value={timestamp} withTime /> },
          ]}
        />
      </Part>
    </>
  )
}
