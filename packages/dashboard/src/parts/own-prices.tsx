import { Button, Group, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconTag } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { useData, useDeed } from '../ask.ts'
import { OwnPriceForm } from '../forms/own-price-form.tsx'
import { count, money } from '../format.ts'
import type { PlanOverride } from '../types.ts'
import { usePlace } from '../visit.ts'
import { Listing } from './listing.tsx'
import { RowMenu, confirmFirst } from './row-menu.tsx'
import { To } from './show.tsx'
import { Empty } from './states.tsx'
import { CustomerName, PlanName } from './subscription-list.tsx'

/** What customers pay for plans by an agreement of their own: those of a customer, or those of a plan. */
export function OwnPrices({
  of,
}: {
  of: { readonly customerId: string } | { readonly planId: string }
}): ReactNode {
  const { api, mayWrite } = usePlace()
  const { run } = useDeed()
  const [isAgreeing, agreeing] = useDisclosure()
  const answer = useData<Page<PlanOverride>>('/plan-overrides', { ...of, limit: 100 })
  const remove = ({ id }: PlanOverride): void =>
    confirmFirst(
      'End this agreement?',
      'New subscriptions pay what all pay. Those that run keep what they were sold for.',
      'End it',
      () => run({ act: () => api.delete(`/plan-overrides/${id}`), said: 'Ended' }),
    )
  return (
    <>
      {mayWrite && (
        <Group justify="flex-end" mb="sm">
          <Button size="xs" variant="light" onClick={agreeing.open}>
            Agree on a price
          </Button>
        </Group>
      )}
      <Listing
        answer={answer}
        label="Own prices"
        empty={
          <Empty icon={IconTag} title="The prices of all">
            Where you have agreed on another price with one customer, it takes the place of the plan’s.
          </Empty>
        }
        columns={[
          'customerId' in of
            ? {
                title: 'Plan',
                show: ({ planId }) => (
                  <To page={`plans/${planId}`}>
                    <PlanName id={planId} />
                  </To>
                ),
              }
            : {
                title: 'Customer',
                show: ({ customerId }) => (
                  <To page={`customers/${customerId}`}>
                    <CustomerName id={customerId} />
                  </To>
                ),
              },
          {
            title: 'A period',
            show: ({ prices }) => prices.map((one) => money(one.amount, one.currency)).join(' · ') || '–',
          },
          {
            title: 'At least',
            wide: true,
            show: ({ minimumCommitment }) =>
              minimumCommitment.map((one) => money(one.amount, one.currency)).join(' · ') || '–',
          },
          { title: 'Charges', end: true, wide: true, show: ({ charges }) => count(charges.length) },
          {
            title: '',
            end: true,
            show: (one) =>
              mayWrite && (
                <RowMenu
                  about="this agreement"
                  items={[{ label: 'End it…', isGrave: true, act: () => remove(one) }]}
                />
              ),
          },
        ]}
      />
      <Modal opened={isAgreeing} onClose={agreeing.close} title="Agree on a price">
        <OwnPriceForm {...of} done={agreeing.close} />
      </Modal>
    </>
  )
}
