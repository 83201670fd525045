import { Checkbox, Group, Select } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFilters } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { words } from '../format.ts'
import { ExportButton } from '../parts/export-button.tsx'
import { Heading } from '../parts/heading.tsx'
import { InvoiceList } from '../parts/invoice-list.tsx'
import type { Invoice } from '../types.ts'

const statuses = ['DRAFT', 'PENDING', 'PAID', 'FAILED', 'VOID', 'UNCOLLECTIBLE']

export function Invoices(): ReactNode {
  const { filters, page, set } = useFilters()
  const isOverdue = filters['overdue'] === true || filters['overdue'] === 'true'
  const wanted = { status: filters['status'], overdue: isOverdue ? true : undefined }
  const answer = useData<Page<Invoice>>('/invoices', { ...wanted, page, limit: 20 })
  return (
    <>
      <Heading title="Invoices">
        <ExportButton noun="invoices" filters={wanted} />
      </Heading>
      <Group mb="md">
        <Select
          maw={220}
          aria-label="Status"
          placeholder="Any status"
          clearable
          data={statuses.map((value) => ({ value, label: words(value) }))}
          value={String(filters['status'] ?? '') || null}
          onChange={(value) => set({ status: value ?? undefined })}
        />
        <Checkbox
          label="Overdue"
          checked={isOverdue}
          onChange={(event) => set({ overdue: event.currentTarget.checked || undefined })}
        />
      </Group>
      <InvoiceList answer={answer} page={page} turnTo={(next) => set({ page: next })} />
    </>
  )
}
