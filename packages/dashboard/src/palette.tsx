import { Spotlight } from '@mantine/spotlight'
import { IconSearch, IconUser } from '@tabler/icons-react'
import { useDebouncedValue } from '@mantine/hooks'
import { type ReactNode, useState } from 'react'
import { useGo } from './addresses.ts'
import type { Page } from './api.ts'
import { areas } from './areas.ts'
import { useData } from './ask.ts'
import type { Customer } from './types.ts'

/** ⌘K: every page, and every customer by name or address. */
export function Palette(): ReactNode {
  const go = useGo()
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), 200)
  const found = useData<Page<Customer>>('/customers', { search, limit: 6 }, { enabled: search.length > 1 })
  const wanted = typed.trim().toLowerCase()
  const pages = areas
    .flatMap((area) => area.pages)
    .filter(({ label }) => label.toLowerCase().includes(wanted))
  const customers = search.length > 1 ? (found.data?.data ?? []) : []
  return (
    <Spotlight.Root query={typed} onQueryChange={setTyped} shortcut={['mod + K', '/']} clearQueryOnClose>
      <Spotlight.Search
        placeholder="A page, or a customer’s name or e-mail"
        leftSection={<IconSearch size={18} />}
      />
      <Spotlight.ActionsList>
        {pages.map(({ label, page, icon: Icon }) => (
          <Spotlight.Action
            key={page}
            label={label}
            leftSection={<Icon size={18} />}
            onClick={() => go(page)}
          />
        ))}
        {customers.map((customer) => (
          <Spotlight.Action
            key={customer.id}
            label={customer.name ?? customer.email ?? customer.id}
            description={customer.email ?? ''}
            leftSection={<IconUser size={18} />}
            onClick={() => go(`customers/${customer.id}`)}
          />
        ))}
        {pages.length + customers.length === 0 && <Spotlight.Empty>Nothing of that name</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}
