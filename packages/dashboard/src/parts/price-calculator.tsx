import { Group, Paper, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { ApiError } from '../api.ts'
import { type ChargeModel, type PriceDraft, propertiesOf } from '../charge-price.ts'
import type { ChargePreview } from '../types.ts'
import { usePlace } from '../visit.ts'
import { Money } from './show.tsx'

/** What so much usage would cost by a price that is being typed, worked out by the server as invoices are. */
export function PriceCalculator({ model, price }: { model: ChargeModel; price: PriceDraft }): ReactNode {
  const { api, environment } = usePlace()
  const [quantity, setQuantity] = useState('1500')
  const properties = propertiesOf(model, price)
  const [asked] = useDebouncedValue(
    JSON.stringify({ chargeModel: model, properties, currency: price.currency, usage: [{ quantity }] }),
    300,
  )
  const { data, error } = useQuery<ChargePreview, ApiError>({
    queryKey: [environment.id, '/charges/preview', asked],
    queryFn: () => api.post<ChargePreview>('/charges/preview', JSON.parse(asked)),
    enabled: properties !== undefined && quantity !== '',
    retry: false,
  })
  const [result] = data?.results ?? []
  return (
    <Paper withBorder p="sm" bg="var(--mantine-color-default-hover)">
      <Group gap="sm" align="center">
        <TextInput
          aria-label={`Units to price in ${price.currency}`}
          size="xs"
          w={110}
          inputMode="decimal"
          value={quantity}
          onChange={(event) => setQuantity(event.currentTarget.value.trim())}
        />
        <Text size="sm" component="div" role="status">
          {properties === undefined
            ? 'units: enter the price to see what they cost.'
            : error
              ? (error.faults[0]?.message ?? error.message)
              : result && (
                  <>
                    units cost <Money amount={result.amount} currency={price.currency} strong />
                  </>
                )}
        </Text>
      </Group>
      {result && result.steps.length > 1 && (
        <Text size="xs" c="dimmed" mt={4}>
          {result.steps.map((step) => `${step.quantity} × ${step.unitPrice} = ${step.amount}`).join(', ')}
        </Text>
      )}
    </Paper>
  )
}
