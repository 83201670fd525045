import { Badge, Group, Paper, Select, SimpleGrid, Skeleton, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFilters } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { EntryList } from '../parts/entry-list.tsx'
import { ExportButton } from '../parts/export-button.tsx'
import { Part } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { Money } from '../parts/show.tsx'
import { Failure } from '../parts/states.tsx'
import type { LedgerAccounts, LedgerEntry, TrialBalance } from '../types.ts'

/** The books: what each account holds, proof that they balance, and every entry. */
export function Ledger(): ReactNode {
  const { filters, page, set } = useFilters()
  const account = typeof filters['account'] === 'string' ? filters['account'] : undefined
  const balance = useData<TrialBalance>('/ledger/trial-balance')
  const accounts = useData<LedgerAccounts>('/ledger/accounts')
  const entries = useData<Page<LedgerEntry>>('/ledger/entries', { account, page, limit: 20 })
  const names = [...new Set(accounts.data?.accounts.map((one) => one.account))]
  return (
    <>
      <Heading
        title="Ledger"
        about="Double entry: each posting sums to zero, and the database refuses one that does not."
      >
        <ExportButton noun="ledger-entries" filters={{ account }} />
      </Heading>
      {balance.error && <Failure error={balance.error} retry={() => void balance.refetch()} />}
      {balance.data ? (
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          {balance.data.currencies.map(({ currency, debit, credit, accounts: rows }) => (
            <Paper key={currency} withBorder p="md">
              <Group justify="space-between" mb="xs">
                <Text fw={600}>{currency}</Text>
                <Badge color={debit === credit ? 'teal' : 'red'} variant="light" tt="none">
                  {debit === credit ? 'in balance' : 'out of balance'}
                </Badge>
              </Group>
              <Table.ScrollContainer minWidth={0}>
                <Table aria-label={`Trial balance in ${currency}`} fz="sm">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Account</Table.Th>
                      <Table.Th ta="end">Debit</Table.Th>
                      <Table.Th ta="end">Credit</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {rows.map((row) => (
                      <Table.Tr key={row.account}>
                        <Table.Td>{row.account}</Table.Td>
                        <Table.Td ta="end">
                          {row.debit === 0 ? '' : <Money amount={row.debit} currency={currency} />}
                        </Table.Td>
                        <Table.Td ta="end">
                          {row.credit === 0 ? '' : <Money amount={row.credit} currency={currency} />}
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                  <Table.Tfoot>
                    <Table.Tr>
                      <Table.Th>Sum</Table.Th>
                      <Table.Th ta="end">
                        <Money amount={debit} currency={currency} />
                      </Table.Th>
                      <Table.Th ta="end">
                        <Money amount={credit} currency={currency} />
                      </Table.Th>
                    </Table.Tr>
                  </Table.Tfoot>
                </Table>
              </Table.ScrollContainer>
            </Paper>
          ))}
        </SimpleGrid>
      ) : (
        <Skeleton height={160} />
      )}
      <Part
        title="Entries"
        action={
          <Select
            size="xs"
            aria-label="Account"
            placeholder="Every account"
            clearable
            data={names}
            value={account ?? null}
            onChange={(value) => set({ account: value ?? undefined })}
          />
        }
      >
        <EntryList answer={entries} page={page} turnTo={(next) => set({ page: next })} />
      </Part>
    </>
  )
}
