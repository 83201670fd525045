import { Button, Group, Select, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { fieldErrors, useData, useDeed } from '../ask.ts'
import { exactly } from '../format.ts'
import type { StandardTaxes, Tax } from '../types.ts'
import { usePlace } from '../visit.ts'

const countries = new Intl.DisplayNames([navigator.language], { type: 'region' })

/** Sets a tax up, by hand or from the table of standard rates, or changes what is charged from now on. */
export function TaxForm({ tax, done }: { tax?: Tax; done: () => void }): ReactNode {
  const { api } = usePlace()
  const { run, isRunning } = useDeed()
  const table = useData<StandardTaxes>('/taxes/standard-rates', undefined, { enabled: !tax })
  const initial = {
    name: tax?.name ?? '',
    code: tax?.code ?? '',
    rate: tax ? String(tax.rate) : '',
    country: tax?.country ?? '',
    inclusive: tax?.inclusive ?? false,
    appliedByDefault: tax?.appliedByDefault ?? true,
    validFrom: tax?.validFrom ?? '',
    validTo: tax?.validTo ?? '',
    components: tax?.components ?? ([] as Tax['components'][number][]),
  }
  const form = useForm({ initialValues: initial })
  const hasComponents = form.values.components.length > 0
  const fill = (country: string | null): void => {
    const standard = table.data?.taxes.find((one) => one.country === country)
    if (!standard) return
    const { rate, components, ...rest } = standard
    form.setValues({
      ...rest,
      rate: String(rate),
      components: components.map((one) => ({ ...one, compound: false })),
    })
  }
  const submit = ({ components, code, ...values }: typeof initial): void => {
    const { rate, country, validFrom, validTo, ...rest } = values
    const orNull = (text: string): string | null => (text === '' ? null : text)
    const all = {
      ...rest,
      country: orNull(country.toUpperCase()),
      validFrom: orNull(validFrom),
      validTo: orNull(validTo),
    }
    run({
      act: () =>
        tax
          ? api.patch(`/taxes/${tax.id}`, { ...all, ...(hasComponents ? {} : { rate }) })
          : api.post('/taxes', {
              ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)),
              code,
              ...(hasComponents ? { components } : { rate }),
            }),
      said: tax ? 'Saved' : 'The tax is there',
      after: done,
      refused: (error) => form.setErrors(fieldErrors(error)),
    })
  }
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        {!tax && (
          <Select
            label="Begin with a country’s rate"
            description={`As of ${table.data?.asOf ?? '…'}: look yours up before you charge it`}
            searchable
            data={(table.data?.taxes ?? []).map(({ country, name, rate }) => ({
              value: country,
              label: `${countries.of(country) ?? country} · ${name} ${exactly(rate)} %`,
            }))}
            nothingFoundMessage="Not in the table: enter it below"
            onChange={fill}
          />
        )}
        <TextInput
          label="Name"
          description="Printed on documents"
          required
          maxLength={100}
          {...form.getInputProps('name')}
        />
        <Group grow align="flex-start">
          {!tax && (
            <TextInput label="Code" description="Such as vat" required {...form.getInputProps('code')} />
          )}
          <TextInput
            label="Percent"
            description={hasComponents ? 'Made of its parts' : 'Up to 6 decimals'}
            inputMode="decimal"
            required={!hasComponents}
            disabled={hasComponents}
            {...form.getInputProps('rate')}
          />
        </Group>
        {hasComponents && (
          <Text size="sm" c="dimmed">
            {form.values.components.map(({ name, rate }) => `${name} ${exactly(rate)} %`).join(' + ')}
          </Text>
        )}
        <TextInput
          label="Country"
          description="Only customers there are charged; all when empty"
          placeholder="KE"
          maxLength={2}
          {...form.getInputProps('country')}
        />
        <Switch
          label="Charged where no other tax is assigned"
          {...form.getInputProps('appliedByDefault', { type: 'checkbox' })}
        />
        <Switch label="Prices include it" {...form.getInputProps('inclusive', { type: 'checkbox' })} />
        <Group grow align="flex-start">
          <TextInput type="date" label="From" {...form.getInputProps('validFrom')} />
          <TextInput type="date" label="To, the last day" {...form.getInputProps('validTo')} />
        </Group>
        <Button type="submit" loading={isRunning}>
          {tax ? 'Save' : 'Set the tax up'}
        </Button>
      </Stack>
    </form>
  )
}
