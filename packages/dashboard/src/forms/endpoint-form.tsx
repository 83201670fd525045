import { Button, Stack, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { fieldErrors, useDeed } from '../ask.ts'
import { eventPatterns } from '../event-types.ts'
import type { WebhookEndpoint, WebhookEndpointWithSecret } from '../types.ts'
import { usePlace } from '../visit.ts'

/** Adds an endpoint, or changes one. Only a new one has a secret to be shown. */
export function EndpointForm({
  endpoint,
  done,
}: {
  endpoint?: WebhookEndpoint
  done: (made?: WebhookEndpointWithSecret) => void
}): ReactNode {
  const { api } = usePlace()
  const { run, isRunning } = useDeed()
  const form = useForm({
    initialValues: {
      url: endpoint?.url ?? '',
      description: endpoint?.description ?? '',
      events: endpoint?.events.filter((pattern) => pattern !== '*') ?? [],
    },
  })
  const submit = ({ url, description, events }: typeof form.values): void => {
    const heard = events.length === 0 ? ['*'] : events
    if (endpoint) {
      run({
        act: () =>
          api.patch<WebhookEndpoint>(`/webhook-endpoints/${endpoint.id}`, {
            ...(endpoint.isDefault ? {} : { url }),
            events: heard,
            description: description === '' ? null : description,
          }),
        said: 'Changed',
        after: () => done(),
        refused: (error) => form.setErrors(fieldErrors(error)),
      })
      return
    }
    run({
      act: () =>
        api.post<WebhookEndpointWithSecret>('/webhook-endpoints', {
          url,
          events: heard,
          ...(description === '' ? {} : { description }),
        }),
      after: done,
      refused: (error) => form.setErrors(fieldErrors(error)),
    })
  }
  // A pattern that the API does not know is told by its place in the list.
  const faultOfEvents = Object.entries(form.errors).find(([path]) => path.startsWith('events'))?.[1]
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        <TextInput
          label="Address"
          description={
            endpoint?.isDefault
              ? 'That of the default endpoint is set with the account'
              : 'Where your system listens: https, reachable from the internet'
          }
          placeholder="https://example.com/webhooks"
          type="url"
          required
          disabled={endpoint?.isDefault ?? false}
          data-autofocus
          {...form.getInputProps('url')}
        />
        <TagsInput
          label="What it hears"
          description="Everything when empty; invoice.* for all of invoices, invoice.paid for one event"
          data={[...eventPatterns]}
          clearable
          maxDropdownHeight={220}
          {...form.getInputProps('events')}
          error={faultOfEvents}
        />
        <TextInput label="Description" {...form.getInputProps('description')} />
        <Button type="submit" loading={isRunning}>
          {endpoint ? 'Save' : 'Add the endpoint'}
        </Button>
      </Stack>
    </form>
  )
}
