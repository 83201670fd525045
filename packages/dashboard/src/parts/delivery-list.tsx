import { Button, Drawer, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useFilters } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData, useDeed } from '../ask.ts'
import { count } from '../format.ts'
import type { LoggedEvent, WebhookDelivery, WebhookEndpoint } from '../types.ts'
import { usePlace } from '../visit.ts'
import { Json } from './json.tsx'
import { Listing } from './listing.tsx'
import { Day, Id, Status } from './show.tsx'
import { Empty, Failure } from './states.tsx'

/** What was sent to an endpoint and is to be sent, each with its request and every answer to it. */
export function DeliveryList({ endpoint }: { endpoint: WebhookEndpoint }): ReactNode {
  const { filters, page, set } = useFilters()
  const [shownId, setShownId] = useState<string>()
  const answer = useData<Page<WebhookDelivery>>(
    `/webhook-endpoints/${endpoint.id}/deliveries`,
    { status: filters['status'], page, limit: 20 },
    { everyMs: 5_000 },
  )
  const shown = answer.data?.data.find(({ id }) => id === shownId)
  return (
    <>
      <Listing
        answer={answer}
        label="Deliveries"
        page={page}
        turnTo={(next) => set({ status: filters['status'], page: next })}
        open={({ id }) => setShownId(id)}
        empty={
          <Empty icon={IconSend} title="Nothing was sent">
            Deliveries of the last 30 days are here, each with its request and its answers. A test event shows
            whether your system hears.
          </Empty>
        }
        columns={[
          { title: 'Event', show: ({ event }) => event },
          { title: 'Status', show: ({ status }) => <Status value={status} /> },
          { title: 'Answer', show: ({ attempts }) => answerOf(attempts.at(-1)) },
          { title: 'Attempts', end: true, wide: true, show: ({ attempts }) => attempts.length },
          {
            title: 'Next attempt',
            wide: true,
            show: ({ nextAttemptAt }) => <Day value={nextAttemptAt} withTime />,
          },
          { title: 'Made', wide: true, show: ({ createdAt }) => <Day value={createdAt} withTime /> },
        ]}
      />
      <Drawer
        opened={shown !== undefined}
        onClose={() => setShownId(undefined)}
        position="right"
        size="lg"
        title={shown?.event}
      >
        {shown && <Delivery delivery={shown} url={endpoint.url} isActive={endpoint.isActive} />}
      </Drawer>
    </>
  )
}

type Attempt = WebhookDelivery['attempts'][number]

function answerOf(attempt: Attempt | undefined): string {
  if (!attempt) return '–'
  return attempt.responseStatus === null ? (attempt.error ?? 'none') : String(attempt.responseStatus)
}

function Delivery({
  delivery,
  url,
  isActive,
}: {
  delivery: WebhookDelivery
  url: string
  isActive: boolean
}): ReactNode {
  const { api, mayWrite } = usePlace()
  const { run, isRunning } = useDeed()
  const { data: event, error } = useData<LoggedEvent>(`/event-log/${delivery.eventId}`)
  return (
    <Stack>
      <Group justify="space-between">
        <Group gap="xs">
          <Status value={delivery.status} />
          <Id value={delivery.id} />
        </Group>
        {mayWrite && (
          <Button
            size="xs"
            loading={isRunning}
            disabled={!isActive}
            onClick={() =>
              run({
                act: () => api.post(`/webhook-endpoints/deliveries/${delivery.id}/retry`),
                said: 'It is on its way again',
              })
            }
          >
            Send again
          </Button>
        )}
      </Group>
      <div>
        <Text fw={600} size="sm">
          Request
        </Text>
        <Text size="xs" c="dimmed" mb={4} style={{ overflowWrap: 'anywhere' }}>
          POST {url} · webhook-id {delivery.eventId}
        </Text>
        {error ? (
          <Failure error={error} />
        ) : event ? (
          <Json value={event} label="Body of the request" />
        ) : (
          <Skeleton height={160} />
        )}
      </div>
      <div>
        <Text fw={600} size="sm">
          Answers
        </Text>
        {delivery.attempts.length === 0 && (
          <Text size="sm" c="dimmed">
            It has not been sent yet.
          </Text>
        )}
        <Stack gap="sm">
          {delivery.attempts.toReversed().map((attempt) => (
            <div key={attempt.attempt}>
              <Group gap="xs" mb={2}>
                <Status value={attempt.error === null ? 'SUCCEEDED' : 'FAILED'} label={answerOf(attempt)} />
                <Text size="xs" c="dimmed" component="div">
                  attempt {attempt.attempt} · <Day value={attempt.at} withTime /> ·{' '}
                  {count(attempt.durationMs)} ms
                </Text>
              </Group>
              {attempt.error !== null && attempt.responseStatus !== null && (
                <Text size="sm">{attempt.error}</Text>
              )}
              {attempt.responseBody !== null && attempt.responseBody !== '' && (
                <Json value={attempt.responseBody} label={`Answer to attempt ${attempt.attempt}`} />
              )}
            </div>
          ))}
        </Stack>
      </div>
    </Stack>
  )
}
