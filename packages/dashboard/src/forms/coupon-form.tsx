import { Button, Group, MultiSelect, NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { fieldErrors, useData, useDeed } from '../ask.ts'
import { CurrencySelect } from '../parts/currency-select.tsx'
import type { Coupon, Plan } from '../types.ts'
import { usePlace } from '../visit.ts'

/** Makes a coupon, or changes its name and limits: what it takes off never changes. */
export function CouponForm({ coupon, done }: { coupon?: Coupon; done: () => void }): ReactNode {
  const { api, visit } = usePlace()
  const { run, isRunning } = useDeed()
  const plans = useData<Page<Plan>>('/plans', { limit: 100 }, { enabled: !coupon })
  const initial = {
    name: coupon?.name ?? '',
    code: '',
    discountType: 'PERCENTAGE',
    discountValue: '',
    currency: visit.tenant.currency,
    duration: 'ONCE',
    periods: 3 as number | string,
    maxRedemptions: coupon?.maxRedemptions ?? ('' as number | string),
    appliesToPlanIds: [] as string[],
    expiresAt: coupon?.expiresAt?.slice(0, 10) ?? '',
  }
  const form = useForm({ initialValues: initial })
  const { discountType, duration } = form.values
  const submit = (values: typeof initial): void => {
    const { name, maxRedemptions, expiresAt } = values
    const until = `${expiresAt}T00:00:00.000Z`
    run({
      act: () =>
        coupon
          ? api.patch(`/coupons/${coupon.id}`, {
              ...(name === initial.name ? {} : { name }),
              ...(maxRedemptions === initial.maxRedemptions
                ? {}
                : { maxRedemptions: maxRedemptions === '' ? null : maxRedemptions }),
              ...(expiresAt === initial.expiresAt ? {} : { expiresAt: expiresAt === '' ? null : until }),
            })
          : api.post('/coupons', {
              name,
              code: values.code,
              discountType,
              discountValue: values.discountValue,
              duration,
              ...(discountType === 'FIXED_AMOUNT' ? { currency: values.currency } : {}),
              ...(duration === 'REPEATING' ? { periods: values.periods } : {}),
              ...(maxRedemptions === '' ? {} : { maxRedemptions }),
              ...(values.appliesToPlanIds.length === 0 ? {} : { appliesToPlanIds: values.appliesToPlanIds }),
              ...(expiresAt === '' ? {} : { expiresAt: until }),
            }),
      said: coupon ? 'Saved' : 'The coupon is there',
      after: done,
      refused: (error) => form.setErrors(fieldErrors(error)),
    })
  }
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        <TextInput
          label="Name"
          description="Shown on invoices"
          required
          maxLength={100}
          data-autofocus
          {...form.getInputProps('name')}
        />
        {!coupon && (
          <>
            <TextInput
              label="Code"
              description="What customers name, such as WELCOME20"
              required
              {...form.getInputProps('code')}
            />
            <Select
              label="Takes off"
              allowDeselect={false}
              data={[
                { value: 'PERCENTAGE', label: 'a percentage' },
                { value: 'FIXED_AMOUNT', label: 'an amount' },
              ]}
              {...form.getInputProps('discountType')}
            />
            <Group grow align="flex-start">
              <TextInput
                label={discountType === 'PERCENTAGE' ? 'Percent' : 'Amount'}
                inputMode="decimal"
                required
                {...form.getInputProps('discountValue')}
              />
              {discountType === 'FIXED_AMOUNT' && (
                <CurrencySelect label="Currency" {...form.getInputProps('currency')} />
              )}
            </Group>
            <Group grow align="flex-start">
              <Select
                label="For"
                allowDeselect={false}
                data={[
                  { value: 'ONCE', label: 'one period' },
                  { value: 'REPEATING', label: 'some periods' },
                  { value: 'FOREVER', label: 'all periods' },
                ]}
                {...form.getInputProps('duration')}
              />
              {duration === 'REPEATING' && (
                <NumberInput
                  label="Periods"
                  min={1}
                  max={1200}
                  allowDecimal={false}
                  {...form.getInputProps('periods')}
                />
              )}
            </Group>
            <MultiSelect
              label="Plans"
              description="All when empty"
              clearable
              data={(plans.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
              {...form.getInputProps('appliesToPlanIds')}
            />
          </>
        )}
        <NumberInput
          label="How often it can be given, in all"
          description="Without a limit when empty"
          min={1}
          allowDecimal={false}
          {...form.getInputProps('maxRedemptions')}
        />
        <TextInput
          type="date"
          label="Not given any more from"
          description="Midnight UTC; those who have it keep it"
          {...form.getInputProps('expiresAt')}
        />
        <Button type="submit" loading={isRunning}>
          {coupon ? 'Save' : 'Make the coupon'}
        </Button>
      </Stack>
    </form>
  )
}
