import { Button, Checkbox, Group, Select, SimpleGrid, Stack, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { account } from '../api.ts'
import { fieldErrors, useDeed } from '../ask.ts'
import { everyScope } from '../scopes.ts'
import type { CreatedApiKey } from '../types.ts'
import { usePlace } from '../visit.ts'

const presets = {
  'Only reads': everyScope.filter((scope) => scope.endsWith(':read')),
  'Takes payments': ['customers:read', 'invoices:read', 'payments:read', 'payments:write'],
  'Sells subscriptions': [
    'customers:read',
    'customers:write',
    'plans:read',
    'subscriptions:read',
    'subscriptions:write',
    'invoices:read',
  ],
  Everything: everyScope,
}

/** Makes a key with no more rights than it needs. */
export function KeyForm({ done }: { done: (key: CreatedApiKey) => void }): ReactNode {
  const { visit, environment } = usePlace()
  const { run, isRunning } = useDeed()
  const form = useForm({
    initialValues: {
      name: '',
      environment: environment.id,
      scopes: presets['Only reads'],
      expires: '',
      allowedIps: [] as string[],
    },
  })
  const submit = ({ expires, allowedIps, ...values }: typeof form.values): void =>
    run({
      act: () =>
        account.post<CreatedApiKey>('/tenants/me/api-keys', {
          ...values,
          ...(expires === '' ? {} : { expiresAt: `${expires}T00:00:00.000Z` }),
          ...(allowedIps.length === 0 ? {} : { allowedIps }),
        }),
      after: done,
      refused: (error) => form.setErrors(fieldErrors(error)),
    })
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        <Group grow align="flex-start">
          <TextInput
            label="Name"
            description="Who uses it, and for what"
            required
            data-autofocus
            {...form.getInputProps('name')}
          />
          <Select
            label="Environment"
            description="It works in this one alone"
            allowDeselect={false}
            data={visit.environments.map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('environment')}
          />
        </Group>
        <Group gap="xs">
          {Object.entries(presets).map(([name, scopes]) => (
            <Button
              key={name}
              size="compact-sm"
              variant="light"
              onClick={() => form.setFieldValue('scopes', scopes)}
            >
              {name}
            </Button>
          ))}
        </Group>
        <Checkbox.Group label="Scopes" {...form.getInputProps('scopes')}>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={6} mt={6}>
            {everyScope.map((scope) => (
              <Checkbox key={scope} value={scope} label={scope} size="sm" />
            ))}
          </SimpleGrid>
        </Checkbox.Group>
        <TextInput
          type="date"
          label="Works until"
          description="For ever when empty"
          {...form.getInputProps('expires')}
        />
        <TagsInput
          label="Only from these addresses"
          description="Single ones or ranges, such as 203.0.113.7 or 10.0.0.0/8; from anywhere when empty"
          {...form.getInputProps('allowedIps')}
        />
        <Button type="submit" loading={isRunning} disabled={form.values.scopes.length === 0}>
          Make the key
        </Button>
      </Stack>
    </form>
  )
}
