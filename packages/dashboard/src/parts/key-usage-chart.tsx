import '@mantine/charts/styles.css'
import { BarChart } from '@mantine/charts'
import { Alert, Paper, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { count } from '../format.ts'
import type { TenantUsage } from '../types.ts'
import { unusualDay } from '../unusual.ts'

const colours = ['nova.6', 'teal.6', 'orange.5', 'grape.6', 'cyan.6', 'pink.5']

/** Requests of each key by day, with a word on what stands out. */
export function KeyUsageChart({ usage }: { usage: TenantUsage }): ReactNode {
  const busy = usage.apiKeys.filter(({ total }) => total > 0).toSorted((a, b) => b.total - a.total)
  const days = [...new Set(busy.flatMap((key) => key.days.map(({ day }) => day)))].toSorted()
  const unusual = busy.flatMap((key) => {
    const found = unusualDay(key.days)
    return found ? [{ key, ...found }] : []
  })
  if (busy.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No key has been used yet.
      </Text>
    )
  }
  return (
    <>
      {unusual.map(({ key, day, requests, usual }) => (
        <Alert
          key={key.id}
          color="orange"
          mb="sm"
          icon={<IconAlertTriangle size={18} />}
          title={`Unusual activity of ${key.name}`}
        >
          {count(requests)} requests on {day}, where {count(usual)} a day were usual. If this was not you,
          roll or revoke it.
        </Alert>
      ))}
      <Paper withBorder p="md">
        <BarChart
          h={240}
          type="stacked"
          dataKey="day"
          withLegend
          maxBarWidth={40}
          data={days.map((day) => ({
            day,
            ...Object.fromEntries(
              busy.map((key) => [key.id, key.days.find((one) => one.day === day)?.requests ?? 0]),
            ),
          }))}
          series={busy
            .slice(0, colours.length)
            .map(({ id, name }, index) => ({ name: id, label: name, color: colours[index] ?? 'gray.5' }))}
          valueFormatter={count}
        />
      </Paper>
    </>
  )
}
