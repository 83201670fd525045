import { Button, Group, NumberInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { fieldErrors, useDeed } from '../ask.ts'
import { CurrencySelect } from '../parts/currency-select.tsx'
import { CustomerSelect } from '../parts/customer-select.tsx'
import type { Customer, Wallet } from '../types.ts'
import { usePlace } from '../visit.ts'

/** Opens a wallet of prepaid credits, or changes how it is spent and filled. */
export function WalletForm({
  wallet,
  customer,
  done,
}: {
  wallet?: Wallet
  customer?: Customer
  done: () => void
}): ReactNode {
  const { api, visit } = usePlace()
  const { run, isRunning } = useDeed()
  const initial = {
    customerId: customer?.id ?? '',
    currency: customer?.currency ?? visit.tenant.currency,
    name: wallet?.name ?? '',
    creditRate: '1',
    grantedCredits: '',
    paidCredits: '',
    priority: wallet?.priority ?? 50,
    expirationAt: wallet?.expirationAt?.slice(0, 10) ?? '',
    topUpRule: {
      threshold: wallet?.topUpRule ? String(wallet.topUpRule.threshold) : '',
      credits: wallet?.topUpRule ? String(wallet.topUpRule.credits) : '',
    },
  }
  const form = useForm({ initialValues: initial })
  const submit = ({ topUpRule, ...values }: typeof initial): void => {
    const rule = topUpRule.threshold === '' && topUpRule.credits === '' ? null : topUpRule
    const had = initial.topUpRule
    const isRuleNew = topUpRule.threshold !== had.threshold || topUpRule.credits !== had.credits
    const { name, priority, expirationAt, ...opening } = values
    const until = expirationAt === '' ? null : `${expirationAt}T00:00:00.000Z`
    run({
      act: () =>
        wallet
          ? api.patch(`/wallets/${wallet.id}`, {
              priority,
              ...(name === initial.name ? {} : { name: name === '' ? null : name }),
              ...(expirationAt === initial.expirationAt ? {} : { expirationAt: until }),
              ...(isRuleNew ? { topUpRule: rule } : {}),
            })
          : api.post('/wallets', {
              ...Object.fromEntries(Object.entries(opening).filter(([, value]) => value !== '')),
              priority,
              ...(name === '' ? {} : { name }),
              ...(until === null ? {} : { expirationAt: until }),
              ...(rule === null ? {} : { topUpRule: rule }),
            }),
      said: wallet ? 'Saved' : 'The wallet is open',
      after: done,
      refused: (error) => form.setErrors(fieldErrors(error)),
    })
  }
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        {!wallet && !customer && (
          <CustomerSelect
            value={form.values.customerId}
            error={form.errors['customerId']}
            pick={(picked) =>
              form.setValues({
                customerId: picked?.id ?? '',
                ...(picked ? { currency: picked.currency } : {}),
              })
            }
          />
        )}
        <TextInput label="Name" maxLength={100} data-autofocus {...form.getInputProps('name')} />
        {!wallet && (
          <>
            <Group grow align="flex-start">
              <CurrencySelect label="Currency" {...form.getInputProps('currency')} />
              <TextInput
                label="Worth of one credit"
                inputMode="decimal"
                required
                {...form.getInputProps('creditRate')}
              />
            </Group>
            <Group grow align="flex-start">
              <TextInput
                label="Credits given"
                description="There at once"
                inputMode="decimal"
                {...form.getInputProps('grantedCredits')}
              />
              <TextInput
                label="Credits bought"
                description="There once paid"
                inputMode="decimal"
                {...form.getInputProps('paidCredits')}
              />
            </Group>
          </>
        )}
        <Group grow align="flex-start">
          <TextInput
            label="When below"
            description="So many credits…"
            inputMode="decimal"
            {...form.getInputProps('topUpRule.threshold')}
          />
          <TextInput
            label="Buy by itself"
            description="…so many are bought"
            inputMode="decimal"
            {...form.getInputProps('topUpRule.credits')}
          />
        </Group>
        <NumberInput
          label="Priority"
          description="Wallets with a lower one are spent first"
          min={0}
          max={1000}
          allowDecimal={false}
          {...form.getInputProps('priority')}
        />
        <TextInput
          type="date"
          label="Credits expire on"
          description="Midnight UTC, for credits that come in from now on; never when empty"
          {...form.getInputProps('expirationAt')}
        />
        <Button type="submit" loading={isRunning}>
          {wallet ? 'Save' : 'Open the wallet'}
        </Button>
      </Stack>
    </form>
  )
}
