import { Alert, Button, Menu, Modal, Skeleton } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useId } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData, useDeed } from '../ask.ts'
import { CancelForm, ChangePlanForm, PauseForm, QuantityForm } from '../forms/subscription-changes.tsx'
import { Facts, Part } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { InvoiceList } from '../parts/invoice-list.tsx'
import { Day, Id, Status, To } from '../parts/show.tsx'
import { Failure } from '../parts/states.tsx'
import { CustomerName, PlanName } from '../parts/subscription-list.tsx'
import { UsageOfSubscription } from '../parts/usage.tsx'
import type { Invoice, Subscription as Shape } from '../types.ts'
import { usePlace } from '../visit.ts'

const changes = {
  'change-plan': 'Change the plan',
  quantity: 'Change the quantity',
  pause: 'Pause',
  cancel: 'Cancel',
} as const
type Change = keyof typeof changes

export function Subscription(): ReactNode {
  const id = useId()
  const { api, mayWrite } = usePlace()
  const { run } = useDeed()
  const [change, setChange] = useState<Change>()
  const { data: subscription, error, refetch } = useData<Shape>(`/subscriptions/${id}`)
  const invoices = useData<Page<Invoice>>('/invoices', { subscriptionId: id, limit: 20 })
  if (error && !subscription) return <Failure error={error} retry={() => void refetch()} />
  if (!subscription) return <Skeleton height={220} />
  const { status, cancelAt, pendingChange } = subscription
  const done = (): void => setChange(undefined)
  const isOver = status === 'CANCELED'
  return (
    <>
      <Heading title="Subscription" about={<Id value={subscription.id} />}>
        {mayWrite && !isOver && (
          <>
            {status === 'PAUSED' ? (
              <Button
                onClick={() => run({ act: () => api.post(`/subscriptions/${id}/resume`), said: 'Resumed' })}
              >
                Resume
              </Button>
            ) : (
              <Button onClick={() => setChange('change-plan')}>{changes['change-plan']}</Button>
            )}
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default" px="xs" aria-label="More">
                  <IconDots size={16} />
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => setChange('quantity')}>{changes.quantity}…</Menu.Item>
                {status !== 'PAUSED' && (
                  <Menu.Item onClick={() => setChange('pause')}>{changes.pause}…</Menu.Item>
                )}
                {cancelAt ? (
                  <Menu.Item
                    onClick={() =>
                      run({ act: () => api.post(`/subscriptions/${id}/uncancel`), said: 'It goes on' })
                    }
                  >
                    Do not cancel
                  </Menu.Item>
                ) : (
                  <Menu.Item color="red" onClick={() => setChange('cancel')}>
                    {changes.cancel}…
                  </Menu.Item>
                )}
              </Menu.Dropdown>
            </Menu>
          </>
        )}
      </Heading>
      {cancelAt && !isOver && (
        <Alert mb="md" color="yellow">
          It ends on <Day value={cancelAt} />.
        </Alert>
      )}
      {pendingChange && (
        <Alert mb="md">
          On <Day value={pendingChange.effectiveAt} /> it changes to <PlanName id={pendingChange.planId} /> ×{' '}
          {pendingChange.quantity}.
        </Alert>
      )}
      <Facts
        items={[
          [
            'Customer',
            <To key="customer" page={`customers/${subscription.customerId}`}>
              <CustomerName id={subscription.customerId} />
            </To>,
          ],
          [
            'Plan',
            <To key="plan" page={`plans/${subscription.planId}`}>
              <PlanName id={subscription.planId} />
            </To>,
          ],
          ['Quantity', subscription.quantity],
          ['Status', <Status key="status" value={status} />],
          [
            'Current period',
            <span key="period">
              <Day value={subscription.currentPeriodStart} /> – <Day value={subscription.currentPeriodEnd} />
            </span>,
          ],
          ['Next invoice', <Day key="next" value={subscription.nextInvoiceAt} />],
          ['Trial until', <Day key="trial" value={subscription.trialEnd} />],
          ['Your id', subscription.externalId ?? '–'],
        ]}
      />
      <UsageOfSubscription id={id} />
      <Part title="Invoices">
        <InvoiceList answer={invoices} />
      </Part>
      <Modal opened={change !== undefined} onClose={done} title={change && changes[change]} size="lg">
        {change === 'change-plan' && <ChangePlanForm subscription={subscription} done={done} />}
        {change === 'quantity' && <QuantityForm subscription={subscription} done={done} />}
        {change === 'pause' && <PauseForm subscription={subscription} done={done} />}
        {change === 'cancel' && <CancelForm subscription={subscription} done={done} />}
      </Modal>
    </>
  )
}
