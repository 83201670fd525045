import { Button, Checkbox, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { fieldErrors, useDeed } from '../ask.ts'
import type { PaymentMethod } from '../types.ts'
import { usePlace } from '../visit.ts'

/** Adds a method of the sandbox, in a test environment: on live ones, methods come with a payment at a provider's own page. */
export function MethodForm({ customerId, done }: { customerId: string; done: () => void }): ReactNode {
  const { api } = usePlace()
  const { run, isRunning } = useDeed()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { token: 'sandbox_succeeds', type: 'CARD', brand: 'Visa', last4: '4242', isDefault: true },
  })
  return (
    <form
      onSubmit={form.onSubmit((values) =>
        run({
          act: () =>
            api.post<PaymentMethod>('/payment-methods', { ...values, customerId, provider: 'SANDBOX' }),
          said: 'The payment method is there',
          after: done,
          refused: (error) => form.setErrors(fieldErrors(error)),
        }),
      )}
    >
      <Stack>
        <Select
          label="What the sandbox does with it"
          description="The sandbox moves no money: its token decides how payments end."
          data={[
            { value: 'sandbox_succeeds', label: 'Pays' },
            { value: 'sandbox_declined', label: 'Is declined for good' },
            { value: 'sandbox_insufficient_funds', label: 'Has too little on it' },
            { value: 'sandbox_pending', label: 'Pays after a while' },
            { value: 'sandbox_timeout', label: 'Pays, but the answer is lost' },
            { value: 'sandbox_timeout_not_executed', label: 'Is never reached' },
          ]}
          allowDeselect={false}
          {...form.getInputProps('token')}
          key={form.key('token')}
        />
        <Select
          label="Kind"
          data={[
            { value: 'CARD', label: 'Card' },
            { value: 'MOBILE_MONEY', label: 'Mobile money' },
            { value: 'BANK_ACCOUNT', label: 'Bank account' },
            { value: 'WALLET', label: 'Wallet' },
          ]}
          allowDeselect={false}
          {...form.getInputProps('type')}
          key={form.key('type')}
        />
        <TextInput label="Brand" {...form.getInputProps('brand')} key={form.key('brand')} />
        <TextInput
          label="Last four digits"
          maxLength={4}
          {...form.getInputProps('last4')}
          key={form.key('last4')}
        />
        <Checkbox
          label="Collect from it by default"
          {...form.getInputProps('isDefault', { type: 'checkbox' })}
          key={form.key('isDefault')}
        />
        <Button type="submit" loading={isRunning}>
          Add
        </Button>
      </Stack>
    </form>
  )
}
