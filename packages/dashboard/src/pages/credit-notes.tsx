import type { ReactNode } from 'react'
import { useFilters } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { CreditNoteList } from '../parts/credit-note-list.tsx'
import { ExportButton } from '../parts/export-button.tsx'
import { Heading } from '../parts/heading.tsx'
import type { CreditNote } from '../types.ts'

export function CreditNotes(): ReactNode {
  const { page, set } = useFilters()
  const answer = useData<Page<CreditNote>>('/credit-notes', { page, limit: 20 })
  return (
    <>
      <Heading title="Credit notes">
        <ExportButton noun="credit-notes" />
      </Heading>
      <CreditNoteList answer={answer} page={page} turnTo={(next) => set({ page: next })} />
    </>
  )
}
