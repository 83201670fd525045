import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { type Query, account } from '../api.ts'
import { useDeed } from '../ask.ts'
import { usePlace } from '../visit.ts'

/** Saves what a list holds, with its filters, as a file for spreadsheets. */
export function ExportButton({
  noun,
  filters = {},
  label = 'Export',
}: {
  /** `invoices`, as in `/exports/invoices.csv`. */
  noun: string
  filters?: Query
  label?: string
}): ReactNode {
  const { api } = usePlace()
  return (
    <SaveButton name={`${noun}.csv`} label={label} fetch={() => api.file(`/exports/${noun}.csv`, filters)} />
  )
}

/** The same for the audit log, which is the account's. */
export function AuditLogExportButton({
  filters = {},
  label = 'Export',
}: {
  filters?: Query
  label?: string
}): ReactNode {
  return (
    <SaveButton
      name="audit-log.csv"
      label={label}
      fetch={() => account.file('/tenants/me/audit-log.csv', filters)}
    />
  )
}

function SaveButton({
  name,
  label,
  fetch,
}: {
  name: string
  label: string
  fetch: () => Promise<Blob>
}): ReactNode {
  const { run, isRunning } = useDeed()
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} />}
      loading={isRunning}
      onClick={() => run({ act: fetch, said: `${name} is saved`, after: (file) => save(name, file) })}
    >
      {label}
    </Button>
  )
}

/** As a click on a link to it does. */
function save(name: string, file: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  // The browser holds the file by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
