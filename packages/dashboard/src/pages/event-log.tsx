import { Button, Drawer, Group, Select, Stack } from '@mantine/core'
import { IconTimelineEvent } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useFilters } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { eventTypes, pageOfEvent } from '../event-types.ts'
import { Heading } from '../parts/heading.tsx'
import { Json } from '../parts/json.tsx'
import { Listing } from '../parts/listing.tsx'
import { Day, Id, To } from '../parts/show.tsx'
import { Empty } from '../parts/states.tsx'
import type { LoggedEvent } from '../types.ts'

/** Every change that was made, in order: what webhooks carry, and what `GET /event-log` gives. */
export function EventLog(): ReactNode {
  const { filters, set } = useFilters()
  const [shown, setShown] = useState<LoggedEvent>()
  const event = filters['event']
  const cursor = filters['cursor']
  const answer = useData<Page<LoggedEvent>>('/event-log', { event, cursor, sortOrder: 'desc', limit: 30 })
  const next = answer.data?.meta.nextCursor ?? undefined
  return (
    <>
      <Heading
        title="Event log"
        about="What happened, newest first, with the whole resource as it was after the change."
      />
      <Select
        mb="md"
        maw={280}
        aria-label="Type of event"
        placeholder="Events of any type"
        searchable
        clearable
        data={[...eventTypes]}
        value={String(event ?? '') || null}
        onChange={(value) => set({ event: value ?? undefined, cursor: undefined })}
      />
      <Listing
        answer={answer}
        label="Events"
        open={setShown}
        empty={
          event === undefined ? (
            <Empty icon={IconTimelineEvent} title="Nothing has happened yet">
              Each change makes exactly one event: a customer was created, an invoice paid. Your own system
              can read them here in order, or be told by a webhook.
            </Empty>
          ) : (
            <Empty icon={IconTimelineEvent} title="None of that type">
              Choose another type, or see all of them.
            </Empty>
          )
        }
        columns={[
          { title: 'Event', show: (one) => one.event },
          {
            title: 'About',
            show: (one) => {
              const about = one.data['id']
              const page = pageOfEvent(one.event, about)
              const id = <Id value={typeof about === 'string' ? about : '–'} />
              return page === undefined ? id : <To page={page}>{id}</To>
            },
          },
          { title: 'Id', wide: true, show: ({ id }) => <Id value={id} /> },
          { title: 'When', wide: true, show: ({ timestamp }) => <Day value={timestamp} withTime /> },
        ]}
      />
      <Group justify="flex-end" mt="xs">
        {cursor !== undefined && (
          <Button size="xs" variant="default" onClick={() => set({ cursor: undefined })}>
            Newest
          </Button>
        )}
        {next !== undefined && (
          <Button size="xs" variant="default" onClick={() => set({ cursor: next })}>
            Older
          </Button>
        )}
      </Group>
      <Drawer
        opened={shown !== undefined}
        onClose={() => setShown(undefined)}
        position="right"
        size="lg"
        title={shown?.event}
      >
        {shown && (
          <Stack>
            <Group gap="xs">
              <Id value={shown.id} /> <Day value={shown.timestamp} withTime />
            </Group>
            <Json value={shown} label="The event" />
          </Stack>
        )}
      </Drawer>
    </>
  )
}
