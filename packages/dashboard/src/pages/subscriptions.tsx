import { Button, Modal, Select } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useFilters, useGo } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { words } from '../format.ts'
import { SubscriptionForm } from '../forms/subscription-form.tsx'
import { ExportButton } from '../parts/export-button.tsx'
import { Heading } from '../parts/heading.tsx'
import { SubscriptionList } from '../parts/subscription-list.tsx'
import type { Subscription } from '../types.ts'
import { usePlace } from '../visit.ts'

const statuses = ['ACTIVE', 'TRIALING', 'PAST_DUE', 'PAUSED', 'CANCELED']

export function Subscriptions(): ReactNode {
  const { mayWrite } = usePlace()
  const { filters, page, set } = useFilters()
  const go = useGo()
  const [isOpen, { open, close }] = useDisclosure()
  const answer = useData<Page<Subscription>>('/subscriptions', { status: filters['status'], page, limit: 20 })
  const add = mayWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      Start a subscription
    </Button>
  ) : undefined
  return (
    <>
      <Heading title="Subscriptions">
        <ExportButton noun="subscriptions" filters={{ status: filters['status'] }} />
        {add}
      </Heading>
      <Select
        mb="md"
        maw={220}
        aria-label="Status"
        placeholder="Any status"
        clearable
        data={statuses.map((value) => ({ value, label: words(value) }))}
        value={String(filters['status'] ?? '') || null}
        onChange={(value) => set({ status: value ?? undefined })}
      />
      <SubscriptionList answer={answer} page={page} turnTo={(next) => set({ page: next })} action={add} />
      <Modal opened={isOpen} onClose={close} title="Start a subscription" size="lg">
        <SubscriptionForm done={({ id }) => go(`subscriptions/${id}`)} />
      </Modal>
    </>
  )
}
