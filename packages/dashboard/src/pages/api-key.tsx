import { Alert, SegmentedControl, Skeleton, Table } from '@mantine/core'
import { IconAlertTriangle, IconTerminal2 } from '@tabler/icons-react'
import { type ReactNode, Suspense, lazy } from 'react'
import { useFilters, useId } from '../addresses.ts'
import { useAccount } from '../ask.ts'
import { count } from '../format.ts'
import { Facts, Part } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { RequestList } from '../parts/request-list.tsx'
import { Day, Id } from '../parts/show.tsx'
import { Empty, Failure } from '../parts/states.tsx'
import { scopesInWords } from '../scopes.ts'
import type { ApiKeyUsage, ApiKey as Shape } from '../types.ts'
import { troubledDay, unusualDay } from '../unusual.ts'

const KeyDaysChart = lazy(() =>
  import('../parts/key-days-chart.tsx').then((parts) => ({ default: parts.KeyDaysChart })),
)

const ranges = { '7 days': 7, '30 days': 30, '90 days': 90 } as const
type Range = keyof typeof ranges

/** One key: what it asks for, by day and by route, how that ends, and whether it is as usual. */
export function ApiKey(): ReactNode {
  const id = useId()
  const { filters, set } = useFilters()
  const range: Range =
    filters['range'] === '7 days' || filters['range'] === '90 days' ? filters['range'] : '30 days'
  const keys = useAccount<Shape[]>('/tenants/me/api-keys')
  const {
    data: usage,
    error,
    refetch,
  } = useAccount<ApiKeyUsage>(`/tenants/me/api-keys/${id}/usage`, {
    days: ranges[range],
  })
  if (error && !usage) return <Failure error={error} retry={() => void refetch()} />
  if (!usage) return <Skeleton height={220} />
  const key = keys.data?.find((one) => one.id === id)
  return (
    <>
      <Heading title={usage.name} about={<Id value={key ? `${key.prefix}…${key.last4}` : id} />}>
        <SegmentedControl
          size="sm"
          aria-label="Range"
          data={Object.keys(ranges)}
          value={range}
          onChange={(value) => set({ range: value })}
        />
      </Heading>
      {keys.data && !key && (
        <Alert color="gray" mb="md">
          This key has been revoked: it works no more.
        </Alert>
      )}
      <Unusual usage={usage} />
      {key && (
        <Facts
          items={[
            ['Environment', key.environment],
            ['Scopes', scopesInWords(key.scopes)],
            ['Only from', key.allowedIps.length === 0 ? 'anywhere' : key.allowedIps.join(', ')],
            ['Last used', <Day key="used" value={key.lastUsedAt} withTime />],
            ['Works until', key.expiresAt === null ? 'for ever' : <Day key="until" value={key.expiresAt} />],
            ['Made', <Day key="made" value={key.createdAt} />],
          ]}
        />
      )}
      {usage.days.length > 0 && (
        <>
          <Part title="By day">
            <Suspense fallback={<Skeleton height={240} />}>
              <KeyDaysChart usage={usage} />
            </Suspense>
          </Part>
          <Part title="By route">
            <Routes usage={usage} />
          </Part>
        </>
      )}
      <Part title="Requests in this environment">
        <RequestList
          filters={{ apiKeyId: id }}
          empty={
            <Empty icon={IconTerminal2} title="None in the last seven days">
              What this key asks for here is listed, each request with its id and its answer.
            </Empty>
          }
        />
      </Part>
    </>
  )
}

function Unusual({ usage }: { usage: ApiKeyUsage }): ReactNode {
  const busy = unusualDay(usage.days)
  const troubled = troubledDay(usage.days)
  return (
    <>
      {busy && (
        <Alert color="orange" mb="md" icon={<IconAlertTriangle size={18} />} title="Unusually many requests">
          {count(busy.requests)} on {busy.day}, where {count(busy.usual)} a day were usual. If this was not
          you, roll or revoke the key.
        </Alert>
      )}
      {troubled && (
        <Alert color="orange" mb="md" icon={<IconAlertTriangle size={18} />} title="Unusually many refusals">
          {count(troubled.trouble)} of {count(troubled.requests)} requests on {troubled.day} were refused or
          failed. Somebody may be trying what the key is good for, or a program is broken.
        </Alert>
      )}
    </>
  )
}

function Routes({ usage }: { usage: ApiKeyUsage }): ReactNode {
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table withTableBorder aria-label="Requests by route" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Route</Table.Th>
            <Table.Th ta="end">Requests</Table.Th>
            <Table.Th ta="end">Refused</Table.Th>
            <Table.Th ta="end">Failed</Table.Th>
            <Table.Th visibleFrom="sm">Answers</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {usage.routes.map(({ operation, requests, refused, failed, statuses }) => (
            <Table.Tr key={operation}>
              <Table.Td>{operation}</Table.Td>
              <Table.Td ta="end">{count(requests)}</Table.Td>
              <Table.Td ta="end">{count(refused)}</Table.Td>
              <Table.Td ta="end">{count(failed)}</Table.Td>
              <Table.Td visibleFrom="sm">
                {statuses.map((one) => `${one.status} × ${count(one.requests)}`).join(' · ')}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
