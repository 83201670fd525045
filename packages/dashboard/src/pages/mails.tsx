import { Button, Group, Select } from '@mantine/core'
import { IconMail } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useFilters } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData, useDeed } from '../ask.ts'
import { words } from '../format.ts'
import { Heading } from '../parts/heading.tsx'
import { Listing } from '../parts/listing.tsx'
import { Day, Status, To } from '../parts/show.tsx'
import { Empty } from '../parts/states.tsx'
import type { Mail, MailContent } from '../types.ts'
import { usePlace } from '../visit.ts'

const statuses = ['PENDING', 'SENT', 'CAUGHT', 'SKIPPED', 'FAILED']

/** Mails to customers. Each opens in a page of its own, which runs nothing of what stands in it. */
export function Mails(): ReactNode {
  const { filters, page, set } = useFilters()
  const { api, mayWrite } = usePlace()
  const { run, isRunning } = useDeed()
  const answer = useData<Page<Mail>>('/mails', { status: filters['status'], page, limit: 20 })
  const open = ({ id }: Mail): void =>
    run({
      act: () => api.get<MailContent>(`/mails/${id}`),
      after: ({ url }) => url !== null && void globalThis.open(new URL(url).pathname, '_blank', 'noopener'),
    })
  return (
    <>
      <Heading title="Mails" />
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
      </Group>
      <Listing
        answer={answer}
        label="Mails"
        page={page}
        turnTo={(next) => set({ page: next })}
        empty={
          <Empty icon={IconMail} title="No mails">
            Customers are told of invoices, payments and what is due. In a test environment the mails are kept
            here, and nobody gets them.
          </Empty>
        }
        columns={[
          { title: 'About', show: ({ subject, kind }) => subject ?? words(kind) },
          {
            title: 'To',
            wide: true,
            show: ({ to, customerId }) => <To page={`customers/${customerId}`}>{to ?? '–'}</To>,
          },
          { title: 'Status', show: ({ status }) => <Status value={status} /> },
          { title: 'Written', wide: true, show: ({ createdAt }) => <Day value={createdAt} withTime /> },
          {
            title: '',
            end: true,
            show: (mail) => (
              <Group gap="xs" justify="end" wrap="nowrap">
                {mail.subject !== null && (
                  <Button size="compact-xs" variant="default" loading={isRunning} onClick={() => open(mail)}>
                    Open
                  </Button>
                )}
                {mayWrite && mail.status !== 'PENDING' && (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    loading={isRunning}
                    onClick={() =>
                      run({ act: () => api.post(`/mails/${mail.id}/resend`), said: 'On its way again' })
                    }
                  >
                    Send again
                  </Button>
                )}
              </Group>
            ),
          },
        ]}
      />
    </>
  )
}
