import '@mantine/charts/styles.css'
import { BarChart } from '@mantine/charts'
import { Center, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { count, money, shortMoney } from '../format.ts'

/** Figures by period as bars; amounts where a currency is named, and counts otherwise. */
export function FigureChart({
  rows,
  series,
  currency,
  stacked = false,
}: {
  rows: readonly Readonly<Record<string, string | number>>[]
  series: readonly { readonly name: string; readonly color: string }[]
  currency?: string
  /** One bar a period, of what goes up and what goes down. */
  stacked?: boolean
}): ReactNode {
  if (rows.length === 0) {
    return (
      <Center h={220}>
        <Text c="dimmed" size="sm">
          Nothing on these days.
        </Text>
      </Center>
    )
  }
  const short = (value: number): string =>
    currency === undefined ? count(value) : shortMoney(value, currency)
  return (
    <BarChart
      h={220}
      data={rows.map((row) => ({ ...row }))}
      dataKey="period"
      type={stacked ? 'stacked' : 'default'}
      series={series.map((one) => ({ ...one }))}
      valueFormatter={(value) => (currency === undefined ? count(value) : money(value, currency))}
      yAxisProps={{
        width: currency === undefined ? 40 : 76,
        tickFormatter: short,
        allowDecimals: currency !== undefined,
      }}
      maxBarWidth={40}
      withLegend={series.length > 1}
    />
  )
}
