import { MultiSelect, SimpleGrid, Switch, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import type { Plan, Tenant } from '../types.ts'
import { SettingForm } from './setting-form.tsx'

const mostPlans = 100

/** What customers may do on their own pages. */
export function PortalForm({ portal }: { portal: Tenant['settings']['portal'] }): ReactNode {
  const plans = useData<Page<Plan>>('/plans', { limit: mostPlans })
  const codes = new Set([
    ...(portal?.plans ?? []),
    ...(plans.data?.data ?? []).filter(({ isActive }) => isActive).map(({ code }) => code),
  ])
  return (
    <SettingForm
      name="portal"
      title="Customers’ pages"
      about="Customers see their subscriptions, invoices and payments there, and pay. What else they may do is yours to say."
      initialValues={{
        cancel: portal?.cancel ?? false,
        plans: [...(portal?.plans ?? [])],
        returnUrl: portal?.returnUrl ?? '',
      }}
      toSetting={({ returnUrl, ...rest }) => ({ ...rest, ...(returnUrl === '' ? {} : { returnUrl }) })}
    >
      {(form) => (
        <>
          <Switch
            label="They may end a subscription with its period"
            {...form.getInputProps('cancel', { type: 'checkbox' })}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <MultiSelect
              label="Plans they may change to"
              description="By their codes; none when empty"
              data={[...codes]}
              searchable
              maxValues={20}
              {...form.getInputProps('plans')}
            />
            <TextInput
              label="Their way back"
              description="The address of your own site"
              placeholder="https://"
              {...form.getInputProps('returnUrl')}
            />
          </SimpleGrid>
        </>
      )}
    </SettingForm>
  )
}
