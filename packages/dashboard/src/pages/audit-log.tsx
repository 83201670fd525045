import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconListCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useFilters } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useAccount } from '../ask.ts'
import { AuditLogExportButton } from '../parts/export-button.tsx'
import { Heading } from '../parts/heading.tsx'
import { Listing } from '../parts/listing.tsx'
import { Day, Id } from '../parts/show.tsx'
import { Empty } from '../parts/states.tsx'
import type { AuditEntry, Member } from '../types.ts'
import { usePlace } from '../visit.ts'

export function AuditLog(): ReactNode {
  const { isAdmin } = usePlace()
  return isAdmin ? (
    <Entries />
  ) : (
    <>
      <Heading title="Audit log" />
      <Empty icon={IconListCheck} title="For owners and admins">
        Ask one of them, or for another role.
      </Empty>
    </>
  )
}

function Entries(): ReactNode {
  const { filters, page, set } = useFilters()
  const search = useDebouncedCallback((action: string) => set({ action }), 300)
  const answer = useAccount<Page<AuditEntry>>('/tenants/me/audit-log', {
    action: filters['action'],
    page,
    limit: 30,
  })
  const members = useAccount<Page<Member>>('/tenants/me/members', { limit: 100 })
  const nameOf = (id: string | null): string =>
    members.data?.data.find((one) => one.id === id)?.name ?? id ?? '–'
  return (
    <>
      <Heading
        title="Audit log"
        about="Who did what, when and from where. Each entry is chained to the one before, so a change to the past shows."
      >
        <AuditLogExportButton filters={{ action: filters['action'] }} />
      </Heading>
      <TextInput
        mb="md"
        maw={280}
        aria-label="Action"
        placeholder="An action, such as api_key.created"
        defaultValue={String(filters['action'] ?? '')}
        onChange={(event) => search(event.currentTarget.value.trim())}
      />
      <Listing
        answer={answer}
        label="Audit log"
        page={page}
        turnTo={(next) => set({ page: next })}
        empty={
          <Empty icon={IconListCheck} title="Nothing of that kind">
            Try another action, or none.
          </Empty>
        }
        columns={[
          { title: 'When', show: ({ at }) => <Day value={at} withTime /> },
          { title: 'Who', show: ({ actor }) => nameOf(actor) },
          { title: 'What', show: ({ action }) => action },
          { title: 'To what', wide: true, show: ({ target }) => <Id value={target} /> },
          { title: 'From', wide: true, show: ({ ip }) => ip },
        ]}
      />
    </>
  )
}
