import { Button, Select, Stack, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { aggregations } from '../aggregations.ts'
import { fieldErrors, useDeed } from '../ask.ts'
import type { BillableMetric } from '../types.ts'
import { usePlace } from '../visit.ts'

const carried = ['SUM', 'UNIQUE_COUNT', 'LATEST', 'WEIGHTED_SUM']

/** Makes a metric: what is counted never changes afterwards. */
export function MetricForm({ done }: { done: (metric: BillableMetric) => void }): ReactNode {
  const { api } = usePlace()
  const { run, isRunning } = useDeed()
  const form = useForm({
    initialValues: { name: '', code: '', aggregationType: 'COUNT', fieldName: '', recurring: false },
  })
  const { aggregationType } = form.values
  return (
    <form
      onSubmit={form.onSubmit(({ fieldName, recurring, ...values }) =>
        run({
          act: () =>
            api.post<BillableMetric>('/billable-metrics', {
              ...values,
              ...(aggregationType === 'COUNT' ? {} : { fieldName }),
              ...(recurring && carried.includes(aggregationType) ? { recurring } : {}),
            }),
          said: 'The metric is there',
          after: done,
          refused: (error) => form.setErrors(fieldErrors(error)),
        }),
      )}
    >
      <Stack>
        <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
        <TextInput
          label="Code"
          description="What events call it, such as api_calls"
          required
          {...form.getInputProps('code')}
        />
        <Select
          label="What is counted"
          allowDeselect={false}
          data={Object.entries(aggregations).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('aggregationType')}
        />
        {aggregationType !== 'COUNT' && (
          <TextInput
            label="Property"
            description="Of the event, such as gigabytes"
            required
            {...form.getInputProps('fieldName')}
          />
        )}
        {carried.includes(aggregationType) && (
          <Switch
            label="Carried from period to period, as seats are"
            {...form.getInputProps('recurring', { type: 'checkbox' })}
          />
        )}
        <Button type="submit" loading={isRunning}>
          Make the metric
        </Button>
      </Stack>
    </form>
  )
}
