import { Button, Modal, TextInput } from '@mantine/core'
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks'
import { IconGauge, IconPlus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useFilters } from '../addresses.ts'
import { aggregations } from '../aggregations.ts'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { MetricForm } from '../forms/metric-form.tsx'
import { Heading } from '../parts/heading.tsx'
import { Listing } from '../parts/listing.tsx'
import { Day, Id } from '../parts/show.tsx'
import { Empty } from '../parts/states.tsx'
import type { BillableMetric } from '../types.ts'
import { usePlace } from '../visit.ts'

/** What is counted of the usage that is reported. */
export function Metrics(): ReactNode {
  const { mayWrite } = usePlace()
  const { filters, page, set } = useFilters()
  const [isOpen, { open, close }] = useDisclosure()
  const search = useDebouncedCallback((text: string) => set({ search: text }), 250)
  const answer = useData<Page<BillableMetric>>('/billable-metrics', {
    search: filters['search'],
    page,
    limit: 20,
  })
  const add = mayWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      Make a metric
    </Button>
  ) : undefined
  return (
    <>
      <Heading
        title="Metrics"
        about="What is counted of the usage that your system reports; a plan charges for it."
      >
        {add}
      </Heading>
      <TextInput
        mb="md"
        maw={280}
        aria-label="Search metrics"
        placeholder="A name or a code"
        defaultValue={String(filters['search'] ?? '')}
        onChange={(event) => search(event.currentTarget.value.trim())}
      />
      <Listing
        answer={answer}
        label="Metrics"
        page={page}
        turnTo={(next) => set({ page: next })}
        empty={
          filters['search'] === undefined ? (
            <Empty icon={IconGauge} title="No metrics yet" action={add}>
              A metric says what is counted of your events: API calls, gigabytes, seats. Report events with
              its code, and charge for it in a plan.
            </Empty>
          ) : (
            <Empty icon={IconGauge} title="None of that name">
              The search looks at names and codes.
            </Empty>
          )
        }
        columns={[
          { title: 'Name', show: ({ name }) => name },
          { title: 'Code', show: ({ code }) => <Id value={code} /> },
          {
            title: 'Counts',
            show: ({ aggregationType, fieldName }) =>
              fieldName === null
                ? aggregations[aggregationType]
                : `${aggregations[aggregationType]}: ${fieldName}`,
          },
          {
            title: 'Kept apart by',
            wide: true,
            show: ({ filters: kept }) => kept.map(({ key }) => key).join(', ') || '–',
          },
          { title: 'Made', wide: true, show: ({ createdAt }) => <Day value={createdAt} /> },
        ]}
      />
      <Modal opened={isOpen} onClose={close} title="Make a metric">
        <MetricForm done={close} />
      </Modal>
    </>
  )
}
