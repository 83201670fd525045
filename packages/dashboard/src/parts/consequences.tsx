import { Alert, Group, Loader, Paper, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { SubscriptionPreview } from '../types.ts'
import { usePlace } from '../visit.ts'
import { Day, Money, Status } from './show.tsx'

/** What a change would bring about, to the last cent: asked of the server, which stores nothing. */
export function Consequences({
  subscriptionId,
  change,
}: {
  subscriptionId: string
  change: Record<string, unknown>
}): ReactNode {
  const { api, environment } = usePlace()
  const { data, error, isFetching } = useQuery({
    queryKey: [environment.id, 'preview', subscriptionId, change],
    queryFn: () => api.post<SubscriptionPreview>(`/subscriptions/${subscriptionId}/preview`, change),
    retry: false,
  })
  if (error) return <Alert color="yellow">{error.message}</Alert>
  if (!data) return <Loader size="sm" aria-label="Working it out" />
  const { invoices, creditNotes, subscription, balance } = data
  return (
    <Paper withBorder p="md" style={{ opacity: isFetching ? 0.6 : 1 }} aria-live="polite">
      <Stack gap={6}>
        <Text fw={600} size="sm">
          What will happen
        </Text>
        {creditNotes.map(({ id, total, currency }) => (
          <Group key={id} justify="space-between">
            <Text size="sm">A credit note</Text>
            <Text size="sm">
              <Money amount={-total} currency={currency} />
            </Text>
          </Group>
        ))}
        {invoices.map(({ id, total, currency, items, amountDue }) => (
          <Stack key={id} gap={2}>
            <Group justify="space-between">
              <Text size="sm">An invoice{amountDue === total ? '' : ', of which to pay'}</Text>
              <Text size="sm" fw={600}>
                {amountDue === total ? '' : <Money amount={amountDue} currency={currency} />}{' '}
                <Money amount={total} currency={currency} />
              </Text>
            </Group>
            {items.map((item) => (
              <Group key={item.id} justify="space-between" pl="md">
                <Text size="xs" c="dimmed">
                  {item.description}
                </Text>
                <Text size="xs" c="dimmed">
                  <Money amount={item.amount} currency={currency} />
                </Text>
              </Group>
            ))}
          </Stack>
        ))}
        {invoices.length + creditNotes.length === 0 && <Text size="sm">No document is issued.</Text>}
        <Text size="sm" component="div">
          Then it is <Status value={subscription.status} />
          {subscription.pendingChange && (
            <>
              {' '}
              and changes on <Day value={subscription.pendingChange.effectiveAt} />
            </>
          )}
          {subscription.nextInvoiceAt && (
            <>
              ; the next invoice comes on <Day value={subscription.nextInvoiceAt} />
            </>
          )}
          .
        </Text>
        {balance > 0 && (
          <Text size="sm">
            The customer’s balance: <Money amount={balance} currency={subscription.currency} />
          </Text>
        )}
      </Stack>
    </Paper>
  )
}
