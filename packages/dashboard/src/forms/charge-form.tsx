import { ActionIcon, Button, Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { fieldErrors, useData, useDeed } from '../ask.ts'
import {
  type ChargeModel,
  type PriceDraft,
  fieldsOf,
  models,
  newPrice,
  propertiesOf,
} from '../charge-price.ts'
import { CurrencySelect } from '../parts/currency-select.tsx'
import { PriceCalculator } from '../parts/price-calculator.tsx'
import type { BillableMetric, Charge, Plan } from '../types.ts'
import { usePlace } from '../visit.ts'

type Typed = {
  billableMetricId: string
  chargeModel: ChargeModel
  billingTiming: Charge['billingTiming']
  displayName: string
  prices: PriceDraft[]
}

/** Charges for a metric in a plan, with what an amount of usage would cost worked out beside it. */
export function ChargeForm({ plan, done }: { plan: Plan; done: (charge: Charge) => void }): ReactNode {
  const { api } = usePlace()
  const { run, isRunning } = useDeed()
  const metrics = useData<Page<BillableMetric>>('/billable-metrics', { limit: 100 })
  const form = useForm<Typed>({
    initialValues: {
      billableMetricId: '',
      chargeModel: 'STANDARD',
      billingTiming: 'IN_ARREARS',
      displayName: '',
      prices: plan.prices.map(({ currency }) => newPrice(currency)),
    },
  })
  const { chargeModel, prices } = form.values
  const submit = ({ billableMetricId, billingTiming, displayName }: Typed): void =>
    run({
      act: () =>
        api.post<Charge>('/charges', {
          planId: plan.id,
          billableMetricId,
          chargeModel,
          billingTiming,
          ...(displayName === '' ? {} : { displayName }),
          prices: prices.map((price) => ({
            currency: price.currency,
            properties: propertiesOf(chargeModel, price) ?? {},
          })),
        }),
      said: 'The plan charges for it',
      after: done,
      refused: (error) =>
        form.setErrors(
          Object.fromEntries(
            Object.entries(fieldErrors(error)).map(([path, fault]) => [
              path.replace('.properties.', '.'),
              fault,
            ]),
          ),
        ),
    })
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        <Group grow align="flex-start">
          <Select
            label="Metric"
            required
            allowDeselect={false}
            placeholder="What is charged for"
            nothingFoundMessage="Make a metric first"
            data={(metrics.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('billableMetricId')}
          />
          <Select
            label="Model"
            allowDeselect={false}
            description={models[chargeModel].about}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            data={Object.entries(models).map(([value, { label }]) => ({ value, label }))}
            {...form.getInputProps('chargeModel')}
          />
        </Group>
        <Select
          label="When it is invoiced"
          allowDeselect={false}
          data={[
            { value: 'IN_ARREARS', label: 'as a period ends' },
            { value: 'IN_ADVANCE', label: 'as usage comes' },
          ]}
          {...form.getInputProps('billingTiming')}
        />
        <TextInput
          label="What invoices call it"
          description="The metric’s name when empty"
          {...form.getInputProps('displayName')}
        />
        {prices.map((price, index) => (
          // A price has nothing of its own to be known by before it is stored.
          // oxlint-disable-next-line react/no-array-index-key
          <Stack key={index} gap="xs">
            <CurrencySelect label="Currency" {...form.getInputProps(`prices.${index}.currency`)} />
            <PriceFields form={form} model={chargeModel} index={index} />
            <PriceCalculator model={chargeModel} price={price} />
          </Stack>
        ))}
        <Button type="submit" loading={isRunning}>
          Charge for it
        </Button>
      </Stack>
    </form>
  )
}

function PriceFields({
  form,
  model,
  index,
}: {
  form: UseFormReturnType<Typed>
  model: ChargeModel
  index: number
}): ReactNode {
  const path = `prices.${index}`
  if (model !== 'GRADUATED' && model !== 'VOLUME') {
    return (
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
        {fieldsOf[model].map(([name, label, isRequired]) => (
          <TextInput
            key={name}
            label={label}
            inputMode="decimal"
            required={isRequired}
            {...form.getInputProps(`${path}.${name}`)}
          />
        ))}
      </SimpleGrid>
    )
  }
  const { tiers = [] } = form.values.prices[index] ?? {}
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        Tiers
      </Text>
      <Stack gap={6}>
        {tiers.map((_, tier) => (
          // oxlint-disable-next-line react/no-array-index-key
          <Group key={tier} wrap="nowrap" gap="xs" align="flex-start">
            <TextInput
              aria-label={`Up to, tier ${tier + 1}`}
              placeholder={tier === tiers.length - 1 ? 'no end' : 'up to'}
              inputMode="decimal"
              {...form.getInputProps(`${path}.tiers.${tier}.upTo`)}
            />
            <TextInput
              aria-label={`Price of a unit, tier ${tier + 1}`}
              placeholder="a unit"
              inputMode="decimal"
              required
              {...form.getInputProps(`${path}.tiers.${tier}.unitPrice`)}
            />
            <TextInput
              aria-label={`Flat amount, tier ${tier + 1}`}
              placeholder="flat"
              inputMode="decimal"
              {...form.getInputProps(`${path}.tiers.${tier}.flatAmount`)}
            />
            <ActionIcon
              mt={4}
              variant="subtle"
              color="gray"
              aria-label={`Remove tier ${tier + 1}`}
              disabled={tiers.length === 1}
              onClick={() => form.removeListItem(`${path}.tiers`, tier)}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ))}
      </Stack>
      <Button
        mt={6}
        size="xs"
        variant="subtle"
        leftSection={<IconPlus size={14} />}
        onClick={() =>
          form.insertListItem(
            `${path}.tiers`,
            { upTo: '', unitPrice: '', flatAmount: '' },
            Math.max(tiers.length - 1, 0),
          )
        }
      >
        Another tier
      </Button>
    </div>
  )
}
