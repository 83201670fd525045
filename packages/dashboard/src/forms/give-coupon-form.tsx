import { Button, Select, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { fieldErrors, useData, useDeed } from '../ask.ts'
import { CustomerSelect } from '../parts/customer-select.tsx'
import { SubscriptionSelect } from '../parts/subscription-select.tsx'
import type { Coupon } from '../types.ts'
import { usePlace } from '../visit.ts'

/** Gives a customer a coupon, for one subscription or for all of them. */
export function GiveCouponForm({
  couponId = '',
  customerId = '',
  done,
}: {
  couponId?: string
  customerId?: string
  done: () => void
}): ReactNode {
  const { api } = usePlace()
  const { run, isRunning } = useDeed()
  const coupons = useData<Page<Coupon>>('/coupons', { limit: 100 }, { enabled: couponId === '' })
  const form = useForm({ initialValues: { couponId, customerId, subscriptionId: null as string | null } })
  return (
    <form
      onSubmit={form.onSubmit(({ subscriptionId, ...values }) =>
        run({
          act: () =>
            api.post('/coupons/apply', { ...values, ...(subscriptionId === null ? {} : { subscriptionId }) }),
          said: 'The coupon is given',
          after: done,
          refused: (error) => form.setErrors(fieldErrors(error)),
        }),
      )}
    >
      <Stack>
        {couponId === '' && (
          <Select
            label="Coupon"
            required
            searchable
            data={(coupons.data?.data ?? []).map(({ id, code, name }) => ({
              value: id,
              label: `${code} · ${name}`,
            }))}
            nothingFoundMessage="No coupon of that name: make one first"
            {...form.getInputProps('couponId')}
          />
        )}
        {customerId === '' && (
          <CustomerSelect
            value={form.values.customerId}
            error={form.errors['customerId']}
            pick={(customer) => form.setValues({ customerId: customer?.id ?? '', subscriptionId: null })}
          />
        )}
        <SubscriptionSelect
          customerId={form.values.customerId}
          description="All of the customer’s when empty"
          {...form.getInputProps('subscriptionId')}
        />
        <Button type="submit" loading={isRunning}>
          Give the coupon
        </Button>
      </Stack>
    </form>
  )
}
