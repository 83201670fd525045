import {
  Button,
  Checkbox,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  TextInput,
  useMatches,
} from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Page } from '../api.ts'
import { useData, useDeed } from '../ask.ts'
import { interval, money } from '../format.ts'
import { Consequences } from '../parts/consequences.tsx'
import type { Plan, Subscription } from '../types.ts'
import { usePlace } from '../visit.ts'

type Change = { readonly subscription: Subscription; readonly done: () => void }

/** What all changes have in common: the exact documents first, then the deed by the same body. */
function Act({
  change: { subscription, done },
  verb,
  path,
  body,
  label,
  said,
  color,
}: {
  change: Change
  verb: string
  path: string
  body: Record<string, unknown>
  label: string
  said: string
  color?: string
}): ReactNode {
  const { api } = usePlace()
  const { run, isRunning } = useDeed()
  const act = (): Promise<unknown> =>
    path === ''
      ? api.patch(`/subscriptions/${subscription.id}`, body)
      : api.post(`/subscriptions/${subscription.id}/${path}`, body)
  return (
    <>
      <Consequences subscriptionId={subscription.id} change={{ [verb]: body }} />
      <Button loading={isRunning} color={color ?? 'nova'} onClick={() => run({ act, said, after: done })}>
        {label}
      </Button>
    </>
  )
}

export function ChangePlanForm(change: Change): ReactNode {
  const { subscription } = change
  const plans = useData<Page<Plan>>('/plans', { isActive: true, limit: 100 })
  const [planId, setPlanId] = useState<string | null>(null)
  const [effective, setEffective] = useState('default')
  const options = (plans.data?.data ?? [])
    .filter(({ id }) => id !== subscription.planId)
    .map((plan) => {
      const price = plan.prices.find(({ currency }) => currency === subscription.currency)
      return {
        value: plan.id,
        disabled: !price,
        label: `${plan.name} · ${price ? `${money(price.amount, price.currency)} ${interval(plan.billingInterval, plan.intervalCount)}` : `no price in ${subscription.currency}`}`,
      }
    })
  return (
    <Stack>
      <Select
        label="New plan"
        data={options}
        value={planId}
        onChange={setPlanId}
        nothingFoundMessage="There is no other plan"
        data-autofocus
      />
      <SegmentedControl
        orientation={useMatches({ base: 'vertical', sm: 'horizontal' })}
        value={effective}
        onChange={setEffective}
        aria-label="When"
        data={[
          { value: 'default', label: 'Dearer now, cheaper later' },
          { value: 'now', label: 'Now' },
          { value: 'period_end', label: 'At the period’s end' },
        ]}
      />
      {planId !== null && (
        <Act
          change={change}
          verb="changePlan"
          path="change-plan"
          body={{ newPlanId: planId, ...(effective === 'default' ? {} : { effective }) }}
          label="Change the plan"
          said="The plan is changed"
        />
      )}
    </Stack>
  )
}

export function QuantityForm(change: Change): ReactNode {
  const [quantity, setQuantity] = useState<number | string>(change.subscription.quantity)
  return (
    <Stack>
      <NumberInput
        label="Quantity"
        min={1}
        allowDecimal={false}
        value={quantity}
        onChange={setQuantity}
        data-autofocus
      />
      {typeof quantity === 'number' && quantity !== change.subscription.quantity && (
        <Act
          change={change}
          verb="update"
          path=""
          body={{ quantity }}
          label="Change the quantity"
          said="The quantity is changed"
        />
      )}
    </Stack>
  )
}

export function PauseForm(change: Change): ReactNode {
  const [creditUnused, setCreditUnused] = useState(false)
  const [day, setDay] = useState('')
  return (
    <Stack>
      <Checkbox
        label="Credit what is left of the period"
        checked={creditUnused}
        onChange={(event) => setCreditUnused(event.currentTarget.checked)}
      />
      <TextInput
        type="date"
        label="Goes on by itself on"
        description="Left empty, it stays paused until it is resumed by hand."
        value={day}
        onChange={(event) => setDay(event.currentTarget.value)}
      />
      <Act
        change={change}
        verb="pause"
        path="pause"
        body={{ creditUnused, ...(day === '' ? {} : { resumeAt: `${day}T00:00:00.000Z` }) }}
        label="Pause"
        said="Paused"
      />
    </Stack>
  )
}

export function CancelForm(change: Change): ReactNode {
  const [cancelAt, setCancelAt] = useState('period_end')
  const [reason, setReason] = useState('')
  return (
    <Stack>
      <SegmentedControl
        value={cancelAt}
        onChange={setCancelAt}
        aria-label="When"
        data={[
          { value: 'period_end', label: 'At the period’s end' },
          { value: 'now', label: 'Now' },
        ]}
      />
      <TextInput label="Why" value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <Act
        change={change}
        verb="cancel"
        path="cancel"
        body={{ cancelAt, ...(reason === '' ? {} : { reason }) }}
        label="Cancel the subscription"
        said="Canceled"
        color="red"
      />
    </Stack>
  )
}
