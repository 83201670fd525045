import { Button, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus, IconWebhook } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useFilters, useGo } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { EndpointForm } from '../forms/endpoint-form.tsx'
import { EndpointHealth } from '../parts/endpoint-health.tsx'
import { Heading } from '../parts/heading.tsx'
import { Listing } from '../parts/listing.tsx'
import { NewSecret } from '../parts/new-secret.tsx'
import { Day } from '../parts/show.tsx'
import { Empty } from '../parts/states.tsx'
import type { WebhookEndpoint, WebhookEndpointWithSecret } from '../types.ts'
import { usePlace } from '../visit.ts'

/** Where the tenant's own systems hear what happens here. */
export function Webhooks(): ReactNode {
  const { mayWrite } = usePlace()
  const { page, set } = useFilters()
  const go = useGo()
  const [isOpen, { open, close }] = useDisclosure()
  const [made, setMade] = useState<WebhookEndpointWithSecret>()
  const answer = useData<Page<WebhookEndpoint>>('/webhook-endpoints', { page, limit: 20 })
  const add = mayWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      Add an endpoint
    </Button>
  ) : undefined
  return (
    <>
      <Heading
        title="Webhooks"
        about="What happens here is sent to your own systems, signed, and again until it arrives."
      >
        {add}
      </Heading>
      <Listing
        answer={answer}
        label="Webhook endpoints"
        page={page}
        turnTo={(next) => set({ page: next })}
        open={({ id }) => go(`webhooks/${id}`)}
        empty={
          <Empty icon={IconWebhook} title="No endpoints yet" action={add}>
            An endpoint is an address of yours that hears of each event: an invoice was paid, a subscription
            ended. Until there is one, the event log keeps them for you.
          </Empty>
        }
        columns={[
          { title: 'Address', show: ({ url }) => <span style={{ overflowWrap: 'anywhere' }}>{url}</span> },
          { title: 'Health', show: (endpoint) => <EndpointHealth endpoint={endpoint} /> },
          {
            title: 'Hears',
            wide: true,
            show: ({ events }) => (events.includes('*') ? 'everything' : events.join(', ')),
          },
          { title: 'Description', wide: true, show: ({ description }) => description ?? '' },
          { title: 'Added', wide: true, show: ({ createdAt }) => <Day value={createdAt} /> },
        ]}
      />
      <Modal opened={isOpen} onClose={close} title="Add an endpoint">
        <EndpointForm
          done={(endpoint) => {
            close()
            setMade(endpoint)
          }}
        />
      </Modal>
      <Modal
        opened={made !== undefined}
        onClose={() => setMade(undefined)}
        title="The secret of the endpoint"
        closeOnClickOutside={false}
      >
        {made && (
          <NewSecret
            text={made.secret}
            about="With it, your system verifies that a webhook comes from here. It is shown this once."
            testId="new-secret"
            done={() => go(`webhooks/${made.id}`)}
          />
        )}
      </Modal>
    </>
  )
}
