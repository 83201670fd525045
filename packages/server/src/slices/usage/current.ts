import { type Ratio, multiply, ratio, roundHalfUp } from '@novabilling/core/money'
import type { Reader } from '../../db/transaction.ts'
import { publicId } from '../../ids.ts'
import { metricsByIds } from '../metrics/index.ts'
import { findMetered } from './list.ts'
import { type UsageAsk, readUsage } from './read.ts'
import { groupsOfWindow } from './read-sql.ts'
import type { CurrentUsage } from './schema.ts'

/**
 * What a subscription has used in its period under way, by metric and by the values of its filters: what it would come
 * to if no more came. Outside a period there is none.
 */
export async function currentUsage(
  reader: Reader,
  environmentId: string,
  reference: string,
): Promise<CurrentUsage> {
  const row = await findMetered(reader, environmentId, reference)
  const subscriptionId = publicId('subscription', row.id)
  const { current_period_start: from, current_period_end: to } = row
  if (from === null || to === null) return { subscriptionId, from: null, to: null, metrics: [] }

  const groups = (await reader.query(groupsOfWindow(environmentId, row.id, from, to))).map((group) => ({
    metricId: group.metric_id,
    values: JSON.parse(group.filter_values) as Record<string, string>,
  }))
  const metricIds = [...new Set(groups.map(({ metricId }) => metricId))]
  const metrics = await reader.query(metricsByIds(environmentId, metricIds))
  const window = { environmentId, subscriptionId: row.id, from: Date.parse(from), to: Date.parse(to) }
  const kept = groups.filter(({ values }) => Object.keys(values).length > 0)
  const asks: UsageAsk[] = [
    ...metricIds.map((metricId) => ({ ...window, metricId })),
    ...kept.map(({ metricId, values }) => ({
      ...window,
      metricId,
      filters: Object.entries(values).map(([key, value]) => ({ key, values: [value] })),
    })),
  ]
  const usages = await readUsage(reader, asks)
  return {
    subscriptionId,
    from,
    to,
    metrics: metrics
      .map((metric) => {
        const used = usages[metricIds.indexOf(metric.id)]
        if (!used) throw new Error('a metric without usage')
        return {
          billableMetricId: publicId('billableMetric', metric.id),
          code: metric.code,
          name: metric.name,
          aggregationType: metric.aggregation_type,
          recurring: metric.recurring,
          units: decimalText(used.units),
          events: Number(used.events),
          filters: kept.flatMap(({ metricId, values }, index) => {
            const usage = usages[metricIds.length + index]
            if (metricId !== metric.id || !usage) return []
            return [{ values, units: decimalText(usage.units), events: Number(usage.events) }]
          }),
        }
      })
      .toSorted((a, b) => (a.code < b.code ? -1 : 1)),
  }
}

const decimals = 12

/** A fraction as the shortest decimal with up to 12 decimals. */
function decimalText(value: Ratio): string {
  const scaled = roundHalfUp(multiply(value, ratio(10n ** BigInt(decimals))))
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(decimals + 1, '0')
  const fraction = digits.slice(-decimals).replace(/0+$/, '')
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, -decimals)}${fraction === '' ? '' : `.${fraction}`}`
}
