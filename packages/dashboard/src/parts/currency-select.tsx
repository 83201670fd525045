import { Select, type SelectProps } from '@mantine/core'
import type { ReactNode } from 'react'

const names = new Intl.DisplayNames([navigator.language], { type: 'currency' })
const data = Intl.supportedValuesOf('currency').map((code) => ({
  value: code,
  label: `${code} · ${names.of(code) ?? ''}`,
}))

export function CurrencySelect(props: SelectProps): ReactNode {
  return (
    <Select
      data={data}
      searchable
      allowDeselect={false}
      limit={40}
      nothingFoundMessage="No such currency"
      {...props}
    />
  )
}
