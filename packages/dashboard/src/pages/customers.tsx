import { Button, Group, Modal, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks'
import { IconPlus, IconSearch, IconUsers } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useFilters, useGo } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { CustomerForm } from '../forms/customer-form.tsx'
import { ExportButton } from '../parts/export-button.tsx'
import { Heading } from '../parts/heading.tsx'
import { Listing } from '../parts/listing.tsx'
import { Day, Money } from '../parts/show.tsx'
import { Empty } from '../parts/states.tsx'
import type { Customer } from '../types.ts'
import { usePlace } from '../visit.ts'

export function Customers(): ReactNode {
  const { mayWrite } = usePlace()
  const { filters, page, set } = useFilters()
  const go = useGo()
  const [isOpen, { open, close }] = useDisclosure()
  const search = useDebouncedCallback((text: string) => set({ search: text }), 250)
  const wanted = {
    search: filters['search'],
    sortBy: filters['sortBy'],
    sortOrder: filters['sortBy'] === undefined || filters['sortBy'] === 'createdAt' ? 'desc' : 'asc',
  }
  const answer = useData<Page<Customer>>('/customers', { ...wanted, page, limit: 20 })
  const add = mayWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      Add a customer
    </Button>
  ) : undefined
  return (
    <>
      <Heading title="Customers">
        <ExportButton noun="customers" filters={wanted} />
        {add}
      </Heading>
      <Group mb="md">
        <TextInput
          leftSection={<IconSearch size={16} />}
          placeholder="Name, e-mail or your own id"
          aria-label="Search customers"
          defaultValue={String(filters['search'] ?? '')}
          onChange={(event) => search(event.currentTarget.value)}
          style={{ flex: 1 }}
          maw={360}
        />
        <Select
          aria-label="Sort by"
          value={String(filters['sortBy'] ?? 'createdAt')}
          onChange={(value) => set({ sortBy: value === 'createdAt' ? undefined : (value ?? undefined) })}
          data={[
            { value: 'createdAt', label: 'Newest first' },
            { value: 'name', label: 'By name' },
            { value: 'email', label: 'By e-mail' },
          ]}
          allowDeselect={false}
          w={150}
        />
      </Group>
      <Listing
        answer={answer}
        label="Customers"
        page={page}
        turnTo={(next) => set({ page: next })}
        open={({ id }) => go(`customers/${id}`)}
        empty={
          filters['search'] === undefined ? (
            <Empty icon={IconUsers} title="No customers yet" action={add}>
              A customer is whoever you bill: a person or a company, with a currency, a time zone and a
              language of their own.
            </Empty>
          ) : (
            <Empty icon={IconSearch} title="Nobody of that name">
              The search looks at names, e-mail addresses and your own ids.
            </Empty>
          )
        }
        columns={[
          { title: 'Name', show: ({ name, email, id }) => name ?? email ?? id },
          { title: 'E-mail', wide: true, show: ({ email }) => email ?? '–' },
          { title: 'Country', wide: true, show: ({ country }) => country ?? '–' },
          {
            title: 'Subscriptions',
            end: true,
            wide: true,
            show: ({ activeSubscriptions }) => activeSubscriptions,
          },
          {
            title: 'Paid so far',
            end: true,
            show: ({ totalSpent, currency }) => <Money amount={totalSpent} currency={currency} />,
          },
          { title: 'Since', wide: true, show: ({ createdAt }) => <Day value={createdAt} /> },
        ]}
      />
      <Modal opened={isOpen} onClose={close} title="Add a customer">
        <CustomerForm done={({ id }) => go(`customers/${id}`)} />
      </Modal>
    </>
  )
}
