import '@mantine/charts/styles.css'
import { BarChart } from '@mantine/charts'
import { Paper } from '@mantine/core'
import type { ReactNode } from 'react'
import { count } from '../format.ts'
import type { ApiKeyUsage } from '../types.ts'

/** Requests of one key by day, and how they ended. */
export function KeyDaysChart({ usage }: { usage: ApiKeyUsage }): ReactNode {
  return (
    <Paper withBorder p="md">
      <BarChart
        h={240}
        type="stacked"
        dataKey="day"
        withLegend
        maxBarWidth={40}
        data={usage.days.map(({ day, requests, refused, failed }) => ({
          day,
          Succeeded: requests - refused - failed,
          Refused: refused,
          Failed: failed,
        }))}
        series={[
          { name: 'Succeeded', color: 'teal.6' },
          { name: 'Refused', color: 'orange.5' },
          { name: 'Failed', color: 'red.6' },
        ]}
        valueFormatter={count}
      />
    </Paper>
  )
}
