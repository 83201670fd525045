import { Alert, Button, PasswordInput, Select, Stack, TagsInput, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { fieldErrors, useData, useDeed } from '../ask.ts'
import { Failure } from '../parts/states.tsx'
import { nameOfCredential, nameOfProvider } from '../provider-names.ts'
import type { PaymentProvider, ProviderKinds } from '../types.ts'
import { usePlace } from '../visit.ts'

type Typed = {
  providerName: string
  credentials: Record<string, string>
  currencies: string[]
  countries: string[]
}

/** Adds an account at a provider, or changes one: new credentials replace the old ones whole. */
export function ProviderForm({
  account,
  priority,
  done,
}: {
  account?: PaymentProvider
  /** Of a new one: behind those that are there. */
  priority: number
  done: (saved: PaymentProvider) => void
}): ReactNode {
  const { api, environment } = usePlace()
  const { run, isRunning } = useDeed()
  const kinds = useData<ProviderKinds>('/payment-providers/kinds')
  const form = useForm<Typed>({
    initialValues: {
      providerName: account?.providerName ?? '',
      credentials: {},
      currencies: account?.currencies ?? [],
      countries: account?.countries ?? [],
    },
  })
  if (kinds.error) return <Failure error={kinds.error} retry={() => void kinds.refetch()} />
  const kind = kinds.data?.providers.find(({ providerName }) => providerName === form.values.providerName)
  const submit = ({ providerName, credentials, currencies, countries }: Typed): void => {
    const given = Object.fromEntries(Object.entries(credentials).filter(([, value]) => value !== ''))
    const narrowed = { currencies, countries: countries.map((country) => country.toUpperCase()) }
    const refused = (error: Parameters<typeof fieldErrors>[0]): void => form.setErrors(fieldErrors(error))
    if (account) {
      const isRenewed = Object.keys(given).length > 0
      run({
        act: () =>
          api.patch<PaymentProvider>(`/payment-providers/${account.id}`, {
            ...narrowed,
            ...(isRenewed ? { credentials: given } : {}),
          }),
        said: 'Changed',
        after: done,
        refused,
      })
      return
    }
    run({
      act: () =>
        api.post<PaymentProvider>('/payment-providers', {
          providerName,
          credentials: given,
          priority,
          ...narrowed,
        }),
      said: 'The account is there',
      after: done,
      refused,
    })
  }
  const faultOf = (list: string): ReactNode =>
    Object.entries(form.errors).find(([path]) => path.startsWith(list))?.[1]
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        <Select
          label="Provider"
          required
          disabled={account !== undefined}
          allowDeselect={false}
          placeholder="Whose account is it?"
          data={(kinds.data?.providers ?? []).map(({ providerName }) => ({
            value: providerName,
            label: nameOfProvider(providerName),
          }))}
          {...form.getInputProps('providerName')}
          onChange={(value) => {
            form.setFieldValue('credentials', {})
            form.setFieldValue('providerName', value ?? '')
          }}
        />
        {kind && (
          <>
            {account && (
              <Alert color="gray" p="xs">
                What is kept is sealed and never shown. Leave all of it empty to keep it; what you enter
                replaces all of it.
              </Alert>
            )}
            {kind.credentials.map(({ name, required }) => (
              <PasswordInput
                key={name}
                label={nameOfCredential(name)}
                required={required && !account}
                autoComplete="off"
                {...form.getInputProps(`credentials.${name}`)}
                value={form.values.credentials[name] ?? ''}
              />
            ))}
            <Text size="xs" c="dimmed">
              {environment.kind === 'LIVE' ? 'Live' : 'Test'} credentials only: this is the {environment.name}{' '}
              environment.
            </Text>
            <TagsInput
              label="Only for these currencies"
              description={
                kind.currencies === null
                  ? 'All when empty'
                  : `All that it takes when empty: ${kind.currencies.join(' ')}`
              }
              data={kind.currencies ?? []}
              {...form.getInputProps('currencies')}
              error={faultOf('currencies')}
            />
            <TagsInput
              label="Only for customers in these countries"
              description="Codes of two letters, such as KE; anywhere when empty"
              data={kind.countries ?? []}
              {...form.getInputProps('countries')}
              error={faultOf('countries')}
            />
          </>
        )}
        <Button type="submit" loading={isRunning} disabled={!kind}>
          {account ? 'Save' : 'Add the account'}
        </Button>
      </Stack>
    </form>
  )
}
