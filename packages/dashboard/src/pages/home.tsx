import { Anchor, Grid, Group, Paper, SegmentedControl, Skeleton, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconCheck, IconCircleDashed } from '@tabler/icons-react'
import { type ReactNode, Suspense, lazy } from 'react'
import { useFilters } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useAccount, useData } from '../ask.ts'
import { count, countOf, money, percentOf } from '../format.ts'
import { CurrencySelect } from '../parts/currency-select.tsx'
import { Part } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { InvoiceList } from '../parts/invoice-list.tsx'
import { NeedsAHand } from '../parts/needs-a-hand.tsx'
import { To } from '../parts/show.tsx'
import { Failure } from '../parts/states.tsx'
import { ranges, rangeOf, useFirstDay } from '../ranges.ts'
import type {
  Ageing,
  Customer,
  Invoice,
  NetRevenue,
  PaymentFigures,
  Plan,
  Revenue,
  Subscription,
  SubscriptionFigures,
  TenantUsage,
} from '../types.ts'
import { usePlace } from '../visit.ts'

const RevenueChart = lazy(() =>
  import('../parts/revenue-chart.tsx').then((parts) => ({ default: parts.RevenueChart })),
)

/** What came in, what it is worth, and what needs a hand. */
export function Home(): ReactNode {
  const { visit } = usePlace()
  const { filters, set } = useFilters()
  const currency = String(filters['currency'] ?? visit.tenant.currency)
  const range = rangeOf(filters['range'])
  const { groupBy } = ranges[range]
  const dateFrom = useFirstDay(range)
  const isKnown = { enabled: dateFrom !== undefined }
  const revenue = useData<Revenue>('/analytics/revenue', { currency, groupBy, dateFrom }, isKnown)
  const earned = useData<NetRevenue>('/analytics/net-revenue', { currency, groupBy, dateFrom }, isKnown)
  const figures = useData<SubscriptionFigures>('/analytics/subscriptions', { dateFrom }, isKnown)
  const payments = useData<PaymentFigures>('/analytics/payments', { currency, dateFrom }, isKnown)
  const ages = useData<Ageing>('/analytics/ageing')
  const customers = useData<Page<Customer>>('/customers', { limit: 1 }).data?.meta.total ?? undefined
  const overdue = useData<Page<Invoice>>('/invoices', { overdue: true, limit: 5 })
  const asked = [revenue, earned, figures, payments, ages]
  const trouble = asked.find(({ error }) => error !== null)?.error
  const again = (): void => asked.forEach(({ refetch }) => void refetch())
  const owing = ages.data && {
    overdue: 0,
    total: 0,
    ...ages.data.currencies.find((one) => one.currency === currency),
  }

  return (
    <>
      <Heading title="Home">
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
      <Checklist customers={customers} />
      <NeedsAHand parked={figures.data?.parked ?? 0} />
      {trouble && <Failure error={trouble} retry={again} />}
      <Grid>
        <Figure
          title="Monthly recurring revenue"
          value={revenue.data && money(revenue.data.mrr, currency)}
          note={revenue.data && `${money(revenue.data.arr, currency)} a year`}
        />
        <Figure
          title="Net revenue"
          value={earned.data && money(earned.data.total, currency)}
          note="earned, less credits, before tax"
        />
        <Figure
          title="Received, less refunds"
          value={revenue.data && money(revenue.data.total - revenue.data.refunded, currency)}
          note={revenue.data && countOf(revenue.data.count, 'payment')}
        />
        <Figure
          title="Overdue"
          value={owing && money(owing.overdue, currency)}
          note={owing && `of ${money(owing.total, currency)} to be paid`}
        />
        <Figure
          title="Active subscriptions"
          value={figures.data && count(figures.data.active)}
          note={customers === undefined ? undefined : countOf(customers, 'customer')}
        />
        <Figure
          title="New"
          value={figures.data && count(figures.data.new)}
          note={figures.data && `${count(figures.data.trialing)} on trial now`}
        />
        <Figure
          title="Churn"
          value={figures.data && percentOf(figures.data.churnRate)}
          note={figures.data && `${count(figures.data.churned)} ended`}
        />
        <Figure
          title="Payments that succeed"
          value={payments.data && percentOf(payments.data.successRate)}
          note={payments.data && `${count(payments.data.failed)} of ${count(payments.data.total)} failed`}
        />
      </Grid>
      <Paper withBorder p="md" mt="md">
        <Text fw={600} mb="md">
          Money in
        </Text>
        <Suspense fallback={<Skeleton height={260} />}>
          {revenue.data ? <RevenueChart revenue={revenue.data} /> : <Skeleton height={260} />}
        </Suspense>
      </Paper>
      {(overdue.data?.data.length ?? 0) > 0 && (
        <Part title="Overdue" action={<To page="invoices?overdue=true">All of them</To>}>
          <InvoiceList answer={overdue} />
        </Part>
      )}
    </>
  )
}

function Figure({
  title,
  value,
  note,
}: {
  title: string
  value?: string | undefined
  note?: string | undefined
}): ReactNode {
  return (
    <Grid.Col span={{ base: 6, md: 3 }}>
      <Paper withBorder p={{ base: 'sm', sm: 'md' }} h="100%">
        <Text size="xs" c="dimmed" fw={550}>
          {title}
        </Text>
        {value === undefined ? (
          <Skeleton height={26} width="60%" my={6} />
        ) : (
          <Text
            fz={value.length > 11 ? { base: 'sm', sm: 19 } : { base: 'lg', sm: 24 }}
            lh={{ base: 1.5, sm: '37px' }}
            fw={650}
            style={{ fontVariantNumeric: 'tabular-nums', overflowWrap: 'anywhere' }}
          >
            {value}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {note ?? ' '}
        </Text>
      </Paper>
    </Grid.Col>
  )
}

/** The way from an empty account to the first invoice; gone once it has been walked. */
function Checklist({ customers }: { customers: number | undefined }): ReactNode {
  const plans = useData<Page<Plan>>('/plans', { limit: 1 }).data?.meta.total
  const subscriptions = useData<Page<Subscription>>('/subscriptions', { limit: 1 }).data?.meta.total
  const keys = useAccount<TenantUsage>('/tenants/me/usage').data?.apiKeys.length
  if ([plans, subscriptions, keys, customers].some((total) => typeof total !== 'number')) return null
  const steps = [
    ['Make a plan with a price', 'plans', plans],
    ['Add a customer', 'customers', customers],
    ['Start a subscription', 'subscriptions', subscriptions],
    ['Make an API key for your own system', 'api-keys', keys],
  ] as const
  if (steps.every(([, , total]) => (total ?? 0) > 0)) return null
  return (
    <Paper withBorder p="md" mb="md">
      <Text fw={600} mb="xs">
        To your first invoice
      </Text>
      <Stack gap={6}>
        {steps.map(([label, page, total]) => (
          <Group key={page} gap="xs">
            <ThemeIcon size={20} radius="xl" variant={total ? 'filled' : 'default'} color="teal">
              {total ? <IconCheck size={13} /> : <IconCircleDashed size={14} />}
            </ThemeIcon>
            {total ? (
              <Text size="sm" c="dimmed" td="line-through">
                {label}
              </Text>
            ) : (
              <Text size="sm">
                <To page={page}>{label}</To>
              </Text>
            )}
          </Group>
        ))}
      </Stack>
      <Text size="xs" c="dimmed" mt="sm">
        Everything here can be done by the API too:{' '}
        <Anchor href="/api/reference" inherit underline="always">
          its reference
        </Anchor>
        .
      </Text>
    </Paper>
  )
}
