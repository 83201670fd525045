import { Select, SimpleGrid, TagsInput } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Tenant } from '../types.ts'
import { SettingForm } from './setting-form.tsx'

const usualDays = [1, 3, 5, 7]

/** How failed charges are tried again, and what becomes of a subscription in the end. */
export function RetriesForm({ dunning }: { dunning: Tenant['settings']['dunning'] }): ReactNode {
  return (
    <SettingForm
      name="dunning"
      title="Failed charges"
      about="A charge that failed is tried again on these days, by mobile money at ten in the morning of the customer. What a bank has declined for good is not."
      initialValues={{
        retryDays: (dunning?.retryDays ?? usualDays).map(String),
        finalAction: dunning?.finalAction ?? 'CANCEL',
      }}
      toSetting={({ retryDays, finalAction }) => ({ retryDays: retryDays.map(Number), finalAction })}
    >
      {(form) => (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TagsInput
            label="Tried again on days"
            description="After the first failure; none tries never again"
            acceptValueOnBlur
            {...form.getInputProps('retryDays')}
            error={Object.entries(form.errors).find(([path]) => path.startsWith('retryDays'))?.[1]}
          />
          <Select
            label="When all have failed"
            description="What becomes of the subscription"
            allowDeselect={false}
            data={[
              { value: 'CANCEL', label: 'it is canceled' },
              { value: 'PAUSE', label: 'it is paused' },
              { value: 'NONE', label: 'nothing: it stays past due' },
            ]}
            {...form.getInputProps('finalAction')}
          />
        </SimpleGrid>
      )}
    </SettingForm>
  )
}
