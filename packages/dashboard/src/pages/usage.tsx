import { Group, Paper, SegmentedControl, Select, Skeleton, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconActivity } from '@tabler/icons-react'
import { type ReactNode, Suspense, lazy } from 'react'
import { useFilters } from '../addresses.ts'
import type { Page, Query } from '../api.ts'
import { useData } from '../ask.ts'
import { count } from '../format.ts'
import { ExportButton } from '../parts/export-button.tsx'
import { Part } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { Listing } from '../parts/listing.tsx'
import { Day, Id, To } from '../parts/show.tsx'
import { Empty, Failure } from '../parts/states.tsx'
import { rangeOf, ranges, useFirstDay } from '../ranges.ts'
import type { BillableMetric, UsageEvent, UsageFigures } from '../types.ts'

const FigureChart = lazy(() =>
  import('../parts/figure-chart.tsx').then((parts) => ({ default: parts.FigureChart })),
)

/** What was reported: of a metric by day, and the events behind it. */
export function Usage(): ReactNode {
  const metrics = useData<Page<BillableMetric>>('/billable-metrics', { limit: 100 })
  return (
    <>
      <Heading title="Usage" about="What your systems have reported, by day and event by event." />
      {metrics.error && !metrics.data && (
        <Failure error={metrics.error} retry={() => void metrics.refetch()} />
      )}
      {metrics.data && metrics.data.data.length === 0 && (
        <Paper withBorder>
          <Empty icon={IconActivity} title="Nothing is counted yet">
            Make a metric first, and report events with its code: they are shown here as they come.
          </Empty>
        </Paper>
      )}
      {metrics.data && metrics.data.data.length > 0 && <Explorer metrics={metrics.data.data} />}
    </>
  )
}

function Explorer({ metrics }: { metrics: readonly BillableMetric[] }): ReactNode {
  const { filters, page, set } = useFilters()
  const code = String(filters['code'] ?? metrics[0]?.code ?? '')
  const range = rangeOf(filters['range'] ?? '30 days')
  const dateFrom = useFirstDay(range)
  const whose = whoseUsage(filters['of'] === undefined ? undefined : String(filters['of']))
  const transactionId = filters['transactionId']
  const typeWhose = useDebouncedCallback((text: string) => set({ of: text.trim() }), 300)
  const typeId = useDebouncedCallback((text: string) => set({ transactionId: text.trim() }), 300)
  const wanted = transactionId === undefined ? { ...whose, code } : { ...whose, transactionId }
  const isAsked = transactionId !== undefined || Object.keys(whose).length > 0
  const figures = useData<UsageFigures>(
    '/analytics/usage',
    { code, dateFrom, ...whose },
    { enabled: dateFrom !== undefined },
  )
  const events = useData<Page<UsageEvent>>('/events', { ...wanted, page, limit: 20 }, { enabled: isAsked })
  return (
    <>
      <Group mb="md" align="flex-end">
        <Select
          label="Metric"
          value={code}
          onChange={(value) => set({ code: value ?? undefined })}
          data={metrics.map((metric) => ({ value: metric.code, label: metric.name }))}
          allowDeselect={false}
          searchable
          w={220}
        />
        <TextInput
          label="Of"
          placeholder="A subscription or a customer: its id"
          defaultValue={String(filters['of'] ?? '')}
          onChange={(event) => typeWhose(event.currentTarget.value)}
          w={300}
        />
        <SegmentedControl
          size="sm"
          data={Object.keys(ranges)}
          value={range}
          onChange={(value) => set({ range: value })}
          aria-label="Range"
        />
      </Group>
      {figures.error && !figures.data ? (
        <Failure error={figures.error} retry={() => void figures.refetch()} />
      ) : (
        <Paper withBorder p="md">
          <Text fw={600}>By day</Text>
          <Text size="sm" c="dimmed" mb="sm">
            {figures.data ? noteOf(figures.data) : ' '}
          </Text>
          <Suspense fallback={<Skeleton height={220} />}>
            {figures.data ? <Days figures={figures.data} /> : <Skeleton height={220} />}
          </Suspense>
        </Paper>
      )}
      <Part
        title="Events"
        action={isAsked ? <ExportButton noun="usage-events" filters={wanted} /> : undefined}
      >
        <TextInput
          mb="md"
          maw={360}
          aria-label="Your id of an event"
          placeholder="Your id of an event (transactionId)"
          defaultValue={String(transactionId ?? '')}
          onChange={(event) => typeId(event.currentTarget.value)}
        />
        {isAsked ? (
          <Listing
            answer={events}
            label="Usage events"
            page={page}
            turnTo={(next) => set({ page: next })}
            empty={
              <Empty icon={IconActivity} title="No such events">
                An event counts once for its id. One that was refused was told to who sent it, and is not
                kept.
              </Empty>
            }
            columns={[
              { title: 'Your id', show: ({ transactionId: own }) => <Id value={own} /> },
              { title: 'Code', wide: true, show: ({ code: of }) => of },
              {
                title: 'Subscription',
                wide: true,
                show: ({ subscriptionId }) => (
                  <To page={`subscriptions/${subscriptionId}`}>{subscriptionId.slice(0, 14)}…</To>
                ),
              },
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
        ) : (
          <Text size="sm" c="dimmed">
            Name a subscription or a customer above, or the id that you gave an event, to see events one by
            one.
          </Text>
        )}
      </Part>
    </>
  )
}

/** Whose usage: a customer by our id, or a subscription by ours or the tenant's own. */
function whoseUsage(of: string | undefined): Query {
  if (of === undefined) return {}
  return of.startsWith('cust_') ? { customerId: of } : { subscriptionId: of }
}

function noteOf({ aggregationType, events, days }: UsageFigures): string {
  const reported = `${count(events)} ${events === 1 ? 'event' : 'events'}`
  if (aggregationType !== 'SUM') return reported
  const sum = days.reduce((all, { units }) => all + Number(units ?? 0), 0)
  return `${count(sum)} in ${reported}`
}

/** The units of each day, or where a day has none of its own, its events. */
function Days({ figures: { days, aggregationType } }: { figures: UsageFigures }): ReactNode {
  const hasUnits = days.some(({ units }) => units !== null) && aggregationType !== 'COUNT'
  const name = hasUnits ? 'Units' : 'Events'
  return (
    <FigureChart
      rows={days.map(({ day, units, events }) => ({
        period: day,
        [name]: hasUnits ? Number(units ?? 0) : events,
      }))}
      series={[{ name, color: 'nova.6' }]}
    />
  )
}
