import '@mantine/charts/styles.css'
import { BarChart } from '@mantine/charts'
import { Center, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { money, shortMoney } from '../format.ts'
import type { Revenue } from '../types.ts'

/** Money received and given back, a bar each for every period in which any moved. */
export function RevenueChart({ revenue }: { revenue: Revenue }): ReactNode {
  const { breakdown, currency } = revenue
  if (breakdown.length === 0) {
    return (
      <Center h={260}>
        <Text c="dimmed" size="sm">
          No money has moved in {currency} yet.
        </Text>
      </Center>
    )
  }
  return (
    <BarChart
      h={260}
      data={breakdown.map(({ period, total, refunded }) => ({ period, Received: total, Refunded: refunded }))}
      dataKey="period"
      series={[
        { name: 'Received', color: 'nova.6' },
        { name: 'Refunded', color: 'orange.5' },
      ]}
      valueFormatter={(value) => money(value, currency)}
      yAxisProps={{ width: 76, tickFormatter: (value: number) => shortMoney(value, currency) }}
      maxBarWidth={48}
      withLegend
    />
  )
}
