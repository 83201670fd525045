import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useFilters } from '../addresses.ts'

/** A filter of a list that is typed; it stands in the address. */
export function SearchField({
  label,
  placeholder,
  filter,
}: {
  label: string
  placeholder: string
  filter: string
}): ReactNode {
  const { filters, set } = useFilters()
  const search = useDebouncedCallback((text: string) => set({ [filter]: text }), 250)
  return (
    <TextInput
      mb="md"
      maw={280}
      aria-label={label}
      placeholder={placeholder}
      defaultValue={String(filters[filter] ?? '')}
      onChange={(event) => search(event.currentTarget.value.trim())}
    />
  )
}
