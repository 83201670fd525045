import { Button, Modal, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { modals } from '@mantine/modals'
import { IconGauge } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { useData, useDeed } from '../ask.ts'
import { models, priceInWords } from '../charge-price.ts'
import { ChargeForm } from '../forms/charge-form.tsx'
import type { BillableMetric, Charge, Plan } from '../types.ts'
import { usePlace } from '../visit.ts'
import { Part } from './facts.tsx'
import { Listing } from './listing.tsx'
import { Empty } from './states.tsx'

/** What a plan charges for usage. */
export function ChargeList({ plan }: { plan: Plan }): ReactNode {
  const { api, mayWrite } = usePlace()
  const { run } = useDeed()
  const [isOpen, { open, close }] = useDisclosure()
  const answer = useData<Page<Charge>>(`/charges/plan/${plan.id}`, { limit: 100 })
  const metrics = useData<Page<BillableMetric>>('/billable-metrics', { limit: 100 })
  const nameOf = (id: string): string => metrics.data?.data.find((metric) => metric.id === id)?.name ?? id
  const remove = (charge: Charge): void =>
    void modals.openConfirmModal({
      title: `No longer charge for ${nameOf(charge.billableMetricId)}?`,
      children: <Text size="sm">Subscriptions that run keep what they were sold.</Text>,
      labels: { confirm: 'Take it out', cancel: 'Keep' },
      confirmProps: { color: 'red' },
      onConfirm: () => run({ act: () => api.delete(`/charges/${charge.id}`), said: 'Taken out' }),
    })
  return (
    <Part
      title="Charges for usage"
      action={
        mayWrite ? (
          <Button size="xs" variant="light" onClick={open}>
            Charge for usage
          </Button>
        ) : undefined
      }
    >
      <Listing
        answer={answer}
        label="Charges"
        empty={
          <Empty icon={IconGauge} title="Only the price of the plan">
            A charge adds what was used to each invoice: a price a unit, tiers, packages or a percentage.
          </Empty>
        }
        columns={[
          {
            title: 'For',
            show: ({ displayName, billableMetricId }) => displayName ?? nameOf(billableMetricId),
          },
          { title: 'Model', show: ({ chargeModel }) => models[chargeModel].label },
          { title: 'Price', wide: true, show: priceInWords },
          {
            title: 'Invoiced',
            wide: true,
            show: ({ billingTiming }) =>
              billingTiming === 'IN_ADVANCE' ? 'as usage comes' : 'as a period ends',
          },
          {
            title: '',
            end: true,
            show: (charge) =>
              mayWrite ? (
                <Button size="compact-xs" variant="subtle" color="red" onClick={() => remove(charge)}>
                  Take out
                </Button>
              ) : null,
          },
        ]}
      />
      <Modal opened={isOpen} onClose={close} title="Charge for usage" size="lg">
        <ChargeForm plan={plan} done={close} />
      </Modal>
    </Part>
  )
}
