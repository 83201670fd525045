import { Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { count, percentOf } from '../format.ts'
import type { Cohorts } from '../types.ts'

/** Of those that started in each month, the share that still ran after one month, two months and so on. */
export function CohortTable({ cohorts }: { cohorts: Cohorts['cohorts'] }): ReactNode {
  const longest = Math.max(0, ...cohorts.map(({ kept }) => kept.length))
  if (longest === 0) {
    return (
      <Text size="sm" c="dimmed">
        A month after the first subscription this shows how many stay.
      </Text>
    )
  }
  const months = Array.from({ length: longest }, (_, index) => index + 1)
  return (
    <Table.ScrollContainer minWidth={160 + longest * 64}>
      <Table withTableBorder aria-label="Who stays, by month of the start" verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Started</Table.Th>
            <Table.Th ta="end">Of</Table.Th>
            {months.map((month) => (
              <Table.Th key={month} ta="end" aria-label={`After ${month} months`}>
                {month}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {cohorts.map(({ month, started, kept }) => (
            <Table.Tr key={month}>
              <Table.Td>{month.slice(0, 7)}</Table.Td>
              <Table.Td ta="end">{count(started)}</Table.Td>
              {months.map((after) => {
                const stayed = kept[after - 1]
                const share = stayed === undefined ? null : (100 * stayed) / started
                return (
                  <Table.Td
                    key={after}
                    ta="end"
                    style={
                      share === null
                        ? {}
                        : {
                            background: `color-mix(in srgb, var(--mantine-color-teal-6) ${share * 0.22}%, transparent)`,
                          }
                    }
                  >
                    {share === null ? '' : percentOf(share)}
                  </Table.Td>
                )
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
