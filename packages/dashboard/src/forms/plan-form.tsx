import {
  ActionIcon,
  Button,
  Group,
  NumberInput,
  Select,
  Stack,
  Text,
  TextInput,
  Textarea,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { fieldErrors, useDeed } from '../ask.ts'
import { CurrencySelect } from '../parts/currency-select.tsx'
import type { Plan } from '../types.ts'
import { usePlace } from '../visit.ts'

const intervals = [
  { value: 'MONTHLY', label: 'month' },
  { value: 'QUARTERLY', label: 'quarter' },
  { value: 'YEARLY', label: 'year' },
  { value: 'WEEKLY', label: 'week' },
  { value: 'DAILY', label: 'day' },
  { value: 'HOURLY', label: 'hour' },
]

/** Makes a plan with its prices. Amounts travel as the text that was typed: no float touches them. */
export function PlanForm({ done }: { done: (plan: Plan) => void }): ReactNode {
  const { api, visit } = usePlace()
  const { run, isRunning } = useDeed()
  const form = useForm({
    initialValues: {
      name: '',
      code: '',
      description: '',
      billingInterval: 'MONTHLY',
      intervalCount: 1,
      trialDays: 0,
      threshold: '',
      prices: [{ currency: visit.tenant.currency, amount: '' }],
    },
  })
  const submit = ({ description, threshold, ...values }: typeof form.values): void =>
    run({
      act: () =>
        api.post<Plan>('/plans', {
          ...values,
          ...(description === '' ? {} : { description }),
          ...(threshold === ''
            ? {}
            : { progressiveBillingThreshold: [{ currency: thresholdCurrency, amount: threshold }] }),
        }),
      said: 'The plan is there',
      after: done,
      refused: (error) => {
        const { 'progressiveBillingThreshold.0.amount': fault, ...others } = fieldErrors(error)
        form.setErrors(fault === undefined ? others : { ...others, threshold: fault })
      },
    })
  const thresholdCurrency = form.values.prices[0]?.currency ?? visit.tenant.currency
  const nameIt = (name: string): void => {
    const code = (text: string): string =>
      text
        .toLowerCase()
        .normalize('NFKD')
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-|-$/g, '')
    if (form.values.code === code(form.values.name)) form.setFieldValue('code', code(name))
    form.setFieldValue('name', name)
  }
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        <Group grow align="flex-start">
          <TextInput
            label="Name"
            required
            data-autofocus
            {...form.getInputProps('name')}
            onChange={(event) => nameIt(event.currentTarget.value)}
          />
          <TextInput
            label="Code"
            description="Small letters, digits, - and _"
            required
            {...form.getInputProps('code')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
          />
        </Group>
        <Textarea label="Description" autosize minRows={2} {...form.getInputProps('description')} />
        <Group grow align="flex-start">
          <NumberInput
            label="Billed every"
            min={1}
            allowDecimal={false}
            {...form.getInputProps('intervalCount')}
          />
          <Select
            label="Unit"
            data={intervals}
            allowDeselect={false}
            {...form.getInputProps('billingInterval')}
          />
          <NumberInput
            label="Trial days"
            min={0}
            max={365}
            allowDecimal={false}
            {...form.getInputProps('trialDays')}
          />
        </Group>
        <div>
          <Text size="sm" fw={500} mb={4}>
            Prices
          </Text>
          <Stack gap="xs">
            {form.values.prices.map((_, index) => (
              // A price has nothing of its own to be known by before it is stored.
              // oxlint-disable-next-line react/no-array-index-key
              <Group key={index} align="flex-start" wrap="nowrap">
                <CurrencySelect
                  aria-label="Currency"
                  {...form.getInputProps(`prices.${index}.currency`)}
                  w={{ base: 130, sm: 200 }}
                />
                <TextInput
                  aria-label="Amount"
                  placeholder="49.99"
                  inputMode="decimal"
                  required
                  {...form.getInputProps(`prices.${index}.amount`)}
                  style={{ flex: 1 }}
                />
                <ActionIcon
                  mt={4}
                  variant="subtle"
                  color="gray"
                  aria-label="Remove this price"
                  onClick={() => form.removeListItem('prices', index)}
                >
                  <IconTrash size={16} />
                </ActionIcon>
              </Group>
            ))}
          </Stack>
          <Button
            mt="xs"
            size="xs"
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            onClick={() => form.insertListItem('prices', { currency: 'USD', amount: '' })}
          >
            Another currency
          </Button>
        </div>
        <TextInput
          label={`Invoice usage early, from so much in ${thresholdCurrency}`}
          description="Once the usage of a period comes to it, what was used is invoiced at once. Never when empty"
          inputMode="decimal"
          {...form.getInputProps('threshold')}
        />
        <Button type="submit" loading={isRunning}>
          Make the plan
        </Button>
      </Stack>
    </form>
  )
}
