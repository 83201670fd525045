import { Select, type SelectProps } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import type { Customer } from '../types.ts'

/** Looks a customer up by name or e-mail. */
export function CustomerSelect({
  pick,
  ...props
}: { pick: (customer: Customer | undefined) => void } & Omit<SelectProps, 'data' | 'onChange'>): ReactNode {
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState<Customer>()
  // The name that is chosen stands in the field as well: that is nothing to look for.
  const search = chosen && typed === labelOf(chosen) ? '' : typed
  const { data } = useData<Page<Customer>>('/customers', { search, limit: 20 })
  const found = (data?.data ?? []).filter(({ id, status }) => status === 'ACTIVE' && id !== chosen?.id)
  const all = chosen ? [chosen, ...found] : found
  return (
    <Select
      label="Customer"
      required
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      data={all.map((one) => ({ value: one.id, label: labelOf(one) }))}
      nothingFoundMessage="Nobody of that name"
      {...props}
      onChange={(id) => {
        const next = all.find((one) => one.id === id)
        setChosen(next)
        pick(next)
      }}
    />
  )
}

const labelOf = ({ name, email, id }: Customer): string => (name ? `${name} · ${email ?? ''}` : (email ?? id))
