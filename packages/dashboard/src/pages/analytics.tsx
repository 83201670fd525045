import { Grid, Paper, SegmentedControl, Skeleton, Table, Text } from '@mantine/core'
import { IconChartBar } from '@tabler/icons-react'
import { type ReactNode, Suspense, lazy } from 'react'
import { useFilters } from '../addresses.ts'
import { useData } from '../ask.ts'
import { count, money, percentOf, words } from '../format.ts'
import { CohortTable } from '../parts/cohort-table.tsx'
import { CurrencySelect } from '../parts/currency-select.tsx'
import { Part } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { Money } from '../parts/show.tsx'
import { Empty, Failure } from '../parts/states.tsx'
import { nameOfProvider } from '../provider-names.ts'
import { rangeOf, ranges, useFirstDay } from '../ranges.ts'
import type {
  Ageing,
  Cohorts,
  MrrMovements,
  NetRevenue,
  PaymentFigures,
  SubscriptionFigures,
} from '../types.ts'
import { usePlace } from '../visit.ts'

const FigureChart = lazy(() =>
  import('../parts/figure-chart.tsx').then((parts) => ({ default: parts.FigureChart })),
)

/** What the business does over time: revenue, growth, who stays, who pays, who owes. */
export function Analytics(): ReactNode {
  const { visit } = usePlace()
  const { filters, set } = useFilters()
  const currency = String(filters['currency'] ?? visit.tenant.currency)
  const range = rangeOf(filters['range'])
  const { groupBy } = ranges[range]
  const dateFrom = useFirstDay(range)
  const isKnown = { enabled: dateFrom !== undefined }
  const earned = useData<NetRevenue>('/analytics/net-revenue', { currency, groupBy, dateFrom }, isKnown)
  const moved = useData<MrrMovements>('/analytics/mrr', { currency, dateFrom }, isKnown)
  const figures = useData<SubscriptionFigures>('/analytics/subscriptions', { groupBy, dateFrom }, isKnown)
  const payments = useData<PaymentFigures>('/analytics/payments', { currency, groupBy, dateFrom }, isKnown)
  const ages = useData<Ageing>('/analytics/ageing')
  const cohorts = useData<Cohorts>('/analytics/cohorts')
  const asked = [earned, moved, figures, payments, ages, cohorts]
  const failed = asked.find(({ error, data }) => error !== null && data === undefined)
  return (
    <>
      <Heading title="Analytics">
        <CurrencySelect
          aria-label="Currency"
          value={currency}
          onChange={(value) => set({ currency: value ?? undefined })}
          w={190}
          size="sm"
          comboboxProps={{ width: 280, position: 'bottom-end' }}
        />
        <SegmentedControl
          size="sm"
          data={Object.keys(ranges)}
          value={range}
          onChange={(value) => set({ range: value })}
          aria-label="Range"
        />
      </Heading>
      {failed?.error ? (
        <Failure error={failed.error} retry={() => asked.forEach(({ refetch }) => void refetch())} />
      ) : figures.data?.total === 0 && payments.data?.total === 0 ? (
        <Paper withBorder>
          <Empty icon={IconChartBar} title="Nothing to tell yet">
            Once subscriptions run and invoices are paid, this page shows what they earn, who stays and who
            owes. In the test environment the time machine makes a year of it in seconds.
          </Empty>
        </Paper>
      ) : (
        <Suspense fallback={<Skeleton height={400} />}>
          <Grid>
            <Grid.Col span={{ base: 12, md: 6 }}>
              <Chart title="Net revenue" note={earned.data && money(earned.data.total, currency)}>
                {earned.data && (
                  <FigureChart
                    rows={earned.data.breakdown.map(({ period, total }) => ({ period, Earned: total }))}
                    series={[{ name: 'Earned', color: 'nova.6' }]}
                    currency={currency}
                  />
                )}
              </Chart>
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 6 }}>
              <Chart
                title="Subscriptions"
                note={
                  figures.data &&
                  `${count(figures.data.new)} new, ${count(figures.data.churned)} ended, churn ${percentOf(figures.data.churnRate)}`
                }
              >
                {figures.data && (
                  <FigureChart
                    rows={figures.data.breakdown.map((one) => ({
                      period: one.period,
                      New: one.new,
                      Ended: one.churned,
                    }))}
                    series={[
                      { name: 'New', color: 'teal.6' },
                      { name: 'Ended', color: 'orange.5' },
                    ]}
                  />
                )}
              </Chart>
            </Grid.Col>
            <Grid.Col span={12}>
              <Chart title="Recurring revenue a month" note={moved.data && movedNote(moved.data)}>
                {moved.data && <Movements moved={moved.data} />}
              </Chart>
            </Grid.Col>
          </Grid>
          <Part title="Payments">
            <Chart
              title="How they ended"
              note={
                payments.data &&
                `${percentOf(payments.data.successRate)} succeeded, ${money(payments.data.totalProcessed, currency)} in all`
              }
            >
              {payments.data && (
                <FigureChart
                  rows={payments.data.breakdown.map((one) => ({
                    period: one.period,
                    Succeeded: one.succeeded,
                    Failed: one.failed,
                  }))}
                  series={[
                    { name: 'Succeeded', color: 'teal.6' },
                    { name: 'Failed', color: 'red.6' },
                  ]}
                />
              )}
            </Chart>
            {payments.data && <Providers figures={payments.data} />}
          </Part>
          <Part title="Who owes">{ages.data && <Ages ageing={ages.data} />}</Part>
          <Part title="Who stays">{cohorts.data && <CohortTable cohorts={cohorts.data.cohorts} />}</Part>
        </Suspense>
      )}
    </>
  )
}

function Chart({
  title,
  note,
  children,
}: {
  title: string
  note: string | undefined
  children: ReactNode
}): ReactNode {
  return (
    <Paper withBorder p="md" h="100%">
      <Text fw={600}>{title}</Text>
      <Text size="sm" c="dimmed" mb="sm">
        {note ?? ' '}
      </Text>
      {children ?? <Skeleton height={220} />}
    </Paper>
  )
}

const movements = [
  { name: 'New', field: 'new', color: 'teal.6' },
  { name: 'Expansion', field: 'expansion', color: 'teal.3' },
  { name: 'Back again', field: 'reactivation', color: 'nova.4' },
  { name: 'Contraction', field: 'contraction', color: 'orange.4' },
  { name: 'Churn', field: 'churn', color: 'red.6' },
] as const

function movedNote({ months, currency }: MrrMovements): string {
  const [first, last] = [months[0], months.at(-1)]
  if (!first || !last) return ''
  return `${money(first.opening, currency)} as ${first.month.slice(0, 7)} began, ${money(last.closing, currency)} now`
}

/** What moved it, month by month; months in which nothing moved at the beginning are left out. */
function Movements({ moved: { months, currency } }: { moved: MrrMovements }): ReactNode {
  const from = months.findIndex((one) => movements.some(({ field }) => one[field] !== 0))
  return (
    <FigureChart
      rows={(from < 0 ? [] : months.slice(from)).map((one) => ({
        period: one.month.slice(0, 7),
        ...Object.fromEntries(movements.map(({ name, field }) => [name, one[field]])),
      }))}
      series={movements.map(({ name, color }) => ({ name, color }))}
      currency={currency}
      stacked
    />
  )
}

function Providers({ figures }: { figures: PaymentFigures }): ReactNode {
  if (figures.byProvider.length === 0) return null
  return (
    <Table.ScrollContainer minWidth={0} mt="md">
      <Table withTableBorder aria-label="Payments by provider" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Provider</Table.Th>
            <Table.Th ta="end">Attempts</Table.Th>
            <Table.Th ta="end">Succeeded</Table.Th>
            <Table.Th ta="end" visibleFrom="sm">
              Processed
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {figures.byProvider.map(({ provider, total, successRate, totalProcessed }) => (
            <Table.Tr key={provider}>
              <Table.Td>{nameOfProvider(provider)}</Table.Td>
              <Table.Td ta="end">{count(total)}</Table.Td>
              <Table.Td ta="end">{percentOf(successRate)}</Table.Td>
              <Table.Td ta="end" visibleFrom="sm">
                <Money amount={totalProcessed} currency={figures.currency} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {figures.failureReasons.length > 0 && (
        <Text size="sm" c="dimmed" mt="xs">
          Why the others failed:{' '}
          {figures.failureReasons
            .map((reason) => `${words(reason.code || 'unknown').toLowerCase()} (${count(reason.count)})`)
            .join(', ')}
          .
        </Text>
      )}
    </Table.ScrollContainer>
  )
}

const ages = [
  ['Not due yet', 'notDue'],
  ['1–30 days late', 'days1To30'],
  ['31–60', 'days31To60'],
  ['61–90', 'days61To90'],
  ['Over 90', 'over90Days'],
] as const

function Ages({ ageing }: { ageing: Ageing }): ReactNode {
  if (ageing.currencies.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nobody: every invoice is settled.
      </Text>
    )
  }
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table withTableBorder aria-label="What is unpaid, by age" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Currency</Table.Th>
            {ages.map(([title]) => (
              <Table.Th key={title} ta="end">
                {title}
              </Table.Th>
            ))}
            <Table.Th ta="end">In all</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {ageing.currencies.map((row) => (
            <Table.Tr key={row.currency}>
              <Table.Td>{row.currency}</Table.Td>
              {ages.map(([title, age]) => (
                <Table.Td key={title} ta="end">
                  <Money amount={row[age].amount} currency={row.currency} />
                </Table.Td>
              ))}
              <Table.Td ta="end">
                <Money amount={row.total} currency={row.currency} strong />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
