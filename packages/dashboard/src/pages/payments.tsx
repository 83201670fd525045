import { Select } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFilters } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { words } from '../format.ts'
import { ExportButton } from '../parts/export-button.tsx'
import { Heading } from '../parts/heading.tsx'
import { PaymentList } from '../parts/payment-list.tsx'
import type { Payment } from '../types.ts'

const statuses = ['PENDING', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'REFUNDED']

export function Payments(): ReactNode {
  const { filters, page, set } = useFilters()
  const answer = useData<Page<Payment>>('/payments', { status: filters['status'], page, limit: 20 })
  return (
    <>
      <Heading title="Payments">
        <ExportButton noun="payments" filters={{ status: filters['status'] }} />
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
      <PaymentList answer={answer} page={page} turnTo={(next) => set({ page: next })} />
    </>
  )
}
