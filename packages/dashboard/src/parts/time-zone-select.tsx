import { Select, type SelectProps } from '@mantine/core'
import type { ReactNode } from 'react'

const data = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]

export function TimeZoneSelect(props: SelectProps): ReactNode {
  return (
    <Select
      data={data}
      searchable
      allowDeselect={false}
      limit={60}
      nothingFoundMessage="No such zone"
      {...props}
    />
  )
}
