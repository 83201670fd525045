import {
  Box,
  Group,
  Pagination,
  Paper,
  Skeleton,
  Table,
  Text,
  UnstyledButton,
  useMatches,
} from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { count } from '../format.ts'
import { Failure } from './states.tsx'

export type Column<T> = {
  readonly title: string
  readonly show: (row: T) => ReactNode
  readonly end?: boolean
  /** Left out on a phone. */
  readonly wide?: boolean
}

/** A list of the API as a table, with its loading, failing and empty state and its pages. */
export function Listing<T extends { id: string }>({
  answer,
  columns,
  label,
  open,
  empty,
  page,
  turnTo,
}: {
  answer: UseQueryResult<Page<T>>
  columns: readonly Column<T>[]
  /** What the rows are, for those who hear the page. */
  label: string
  open?: (row: T) => void
  empty: ReactNode
  page?: number
  turnTo?: (page: number) => void
}): ReactNode {
  const { data, error, refetch, isPlaceholderData } = answer
  const spacing = useMatches({ base: 6, sm: 'md' })
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />
  if (data && data.data.length === 0 && (page ?? 1) === 1) return <Paper withBorder>{empty}</Paper>
  const { total, totalPages } = data?.meta ?? { total: null, totalPages: null }
  return (
    <>
      <Paper withBorder style={{ overflow: 'hidden', opacity: isPlaceholderData ? 0.6 : 1 }}>
        <Table.ScrollContainer minWidth={0}>
          <Table
            highlightOnHover={open !== undefined}
            verticalSpacing="sm"
            horizontalSpacing={spacing}
            aria-label={label}
          >
            <Table.Thead>
              <Table.Tr>
                {columns.map(({ title, end, wide }) => (
                  <Table.Th key={title} ta={end ? 'end' : 'start'} {...(wide ? { visibleFrom: 'sm' } : {})}>
                    <Text span size="xs" c="dimmed" fw={600}>
                      {title}
                    </Text>
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data
                ? data.data.map((row) => (
                    <Table.Tr
                      key={row.id}
                      {...(open ? { onClick: () => open(row), style: { cursor: 'pointer' } } : {})}
                    >
                      {columns.map(({ title, show, end, wide }, index) => (
                        <Table.Td
                          key={title}
                          ta={end ? 'end' : 'start'}
                          {...(wide ? { visibleFrom: 'sm' } : {})}
                        >
                          {open && index === 0 ? (
                            <UnstyledButton
                              fz="sm"
                              onClick={(event) => {
                                event.stopPropagation()
                                open(row)
                              }}
                            >
                              {show(row)}
                            </UnstyledButton>
                          ) : (
                            show(row)
                          )}
                        </Table.Td>
                      ))}
                    </Table.Tr>
                  ))
                : [0, 1, 2, 3, 4].map((line) => (
                    <Table.Tr key={line}>
                      {columns.map(({ title, wide }) => (
                        <Table.Td key={title} {...(wide ? { visibleFrom: 'sm' } : {})}>
                          <Skeleton height={14} width="70%" my={4} />
                        </Table.Td>
                      ))}
                    </Table.Tr>
                  ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
      <Group justify="space-between" mt="sm" mih={32}>
        <Text size="sm" c="dimmed">
          {total === null || total === undefined ? '' : `${count(total)} in all`}
        </Text>
        {turnTo && totalPages !== null && totalPages > 1 ? (
          <Pagination
            total={totalPages}
            value={page ?? 1}
            onChange={turnTo}
            size="sm"
            getControlProps={(control) => ({ 'aria-label': `${control} page` })}
          />
        ) : (
          <Box />
        )}
      </Group>
    </>
  )
}
