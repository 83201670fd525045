import { Alert, Button, Menu, Modal, Select, Skeleton, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { modals } from '@mantine/modals'
import { IconDots } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useFilters, useGo, useId } from '../addresses.ts'
import { useData, useDeed } from '../ask.ts'
import { words } from '../format.ts'
import { EndpointForm } from '../forms/endpoint-form.tsx'
import { DeliveryList } from '../parts/delivery-list.tsx'
import { EndpointHealth } from '../parts/endpoint-health.tsx'
import { Facts, Part } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { NewSecret } from '../parts/new-secret.tsx'
import { Day, Id } from '../parts/show.tsx'
import { Failure } from '../parts/states.tsx'
import type { WebhookEndpoint, WebhookEndpointWithSecret } from '../types.ts'
import { usePlace } from '../visit.ts'

/** One endpoint: what it hears, what was sent to it, and what came back. */
export function Webhook(): ReactNode {
  const id = useId()
  const { api, mayWrite } = usePlace()
  const { filters, set } = useFilters()
  const go = useGo()
  const { run, isRunning } = useDeed()
  const [isEditing, editing] = useDisclosure()
  const [secret, setSecret] = useState<string>()
  const { data: endpoint, error, refetch } = useData<WebhookEndpoint>(`/webhook-endpoints/${id}`)
  if (error && !endpoint) return <Failure error={error} retry={() => void refetch()} />
  if (!endpoint) return <Skeleton height={220} />
  const path = `/webhook-endpoints/${id}`
  const rotate = (): void =>
    void modals.openConfirmModal({
      title: 'Give it a new secret?',
      children: (
        <Text size="sm">
          For a day each webhook is signed with both, so that your system can change over without missing one.
        </Text>
      ),
      labels: { confirm: 'New secret', cancel: 'Leave it' },
      onConfirm: () =>
        run({
          act: () => api.post<WebhookEndpointWithSecret>(`${path}/rotate-secret`),
          after: (changed) => setSecret(changed.secret),
        }),
    })
  const remove = (): void =>
    void modals.openConfirmModal({
      title: 'Delete this endpoint?',
      children: <Text size="sm">It hears nothing more, and the history of its deliveries goes.</Text>,
      labels: { confirm: 'Delete', cancel: 'Keep' },
      confirmProps: { color: 'red' },
      onConfirm: () => run({ act: () => api.delete(path), said: 'Deleted', after: () => go('webhooks') }),
    })
  return (
    <>
      <Heading title={endpoint.url} about={<Id value={endpoint.id} />}>
        {mayWrite && (
          <>
            <Button
              loading={isRunning}
              disabled={!endpoint.isActive}
              onClick={() => run({ act: () => api.post(`${path}/test`), said: 'A test event is on its way' })}
            >
              Send a test event
            </Button>
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default" px="xs" aria-label="More">
                  <IconDots size={16} />
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={editing.open}>Change…</Menu.Item>
                <Menu.Item
                  onClick={() =>
                    run({
                      act: () => api.patch(path, { isActive: !endpoint.isActive }),
                      said: endpoint.isActive ? 'Events pass by it now' : 'It hears again',
                    })
                  }
                >
                  {endpoint.isActive ? 'Switch off' : 'Switch on'}
                </Menu.Item>
                <Menu.Item onClick={rotate}>New secret…</Menu.Item>
                {!endpoint.isDefault && (
                  <Menu.Item color="red" onClick={remove}>
                    Delete…
                  </Menu.Item>
                )}
              </Menu.Dropdown>
            </Menu>
          </>
        )}
      </Heading>
      {endpoint.disabledAt !== null && (
        <Alert mb="md" color="red" title="Switched off, for nothing got through">
          {endpoint.disabledReason} Mend your system, switch the endpoint on again, and send again what was
          given up.
        </Alert>
      )}
      <Facts
        items={[
          ['Health', <EndpointHealth key="health" endpoint={endpoint} />],
          ['Hears', endpoint.events.includes('*') ? 'everything' : endpoint.events.join(', ')],
          ['Failing since', <Day key="failing" value={endpoint.failingSince} withTime />],
          ['Old secret signs until', <Day key="secret" value={endpoint.previousSecretUntil} withTime />],
          ['Description', endpoint.description ?? '–'],
          ['Added', <Day key="added" value={endpoint.createdAt} withTime />],
        ]}
      />
      <Part
        title="Deliveries"
        action={
          <Select
            size="xs"
            w={150}
            aria-label="Status"
            placeholder="Any status"
            clearable
            data={['PENDING', 'SUCCEEDED', 'FAILED'].map((value) => ({ value, label: words(value) }))}
            value={String(filters['status'] ?? '') || null}
            onChange={(value) => set({ status: value ?? undefined })}
          />
        }
      >
        <DeliveryList endpoint={endpoint} />
      </Part>
      <Modal opened={isEditing} onClose={editing.close} title="Change the endpoint">
        <EndpointForm endpoint={endpoint} done={editing.close} />
      </Modal>
      <Modal
        opened={secret !== undefined}
        onClose={() => setSecret(undefined)}
        title="The new secret"
        closeOnClickOutside={false}
      >
        <NewSecret
          text={secret ?? ''}
          about="With it, your system verifies that a webhook comes from here. It is shown this once."
          testId="new-secret"
          done={() => setSecret(undefined)}
        />
      </Modal>
    </>
  )
}
