import { Button, Group, Modal, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPuzzle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { useData, useDeed } from '../ask.ts'
import { ChargeAddOnForm } from '../forms/charge-add-on-form.tsx'
import type { AppliedAddOn } from '../types.ts'
import { usePlace } from '../visit.ts'
import { Listing } from './listing.tsx'
import { RowMenu, confirmFirst } from './row-menu.tsx'
import { Day, Money, Status, To } from './show.tsx'
import { Empty } from './states.tsx'

/** What a customer is or was charged for besides plans. */
export function AppliedAddOnList({
  customerId,
  page,
  turnTo,
}: {
  customerId: string
  page: number
  turnTo: (page: number) => void
}): ReactNode {
  const { api, mayWrite } = usePlace()
  const { run } = useDeed()
  const [isCharging, charging] = useDisclosure()
  const answer = useData<Page<AppliedAddOn>>('/add-ons/applied/list', { customerId, page, limit: 20 })
  const takeOff = ({ id, recurring }: AppliedAddOn): void =>
    confirmFirst(
      'Take it off?',
      recurring ? 'No further period is charged for it.' : 'The next invoice comes without it.',
      'Take it off',
      () => run({ act: () => api.delete(`/add-ons/applied/${id}`), said: 'Taken off' }),
    )
  return (
    <>
      {mayWrite && (
        <Group justify="flex-end" mb="sm">
          <Button size="xs" variant="light" onClick={charging.open}>
            Charge for an add-on
          </Button>
        </Group>
      )}
      <Listing
        answer={answer}
        label="Add-ons"
        page={page}
        turnTo={turnTo}
        empty={
          <Empty icon={IconPuzzle} title="No add-ons">
            What is sold besides a plan: on the next invoice, at once, or with every period.
          </Empty>
        }
        columns={[
          {
            title: 'What',
            show: ({ description, quantity }) => (
              <Text size="sm" style={{ overflowWrap: 'anywhere' }} lineClamp={2}>
                {quantity === 1 ? description : `${quantity} × ${description}`}
              </Text>
            ),
          },
          {
            title: 'Status',
            show: ({ status, recurring, invoiceId }) =>
              invoiceId === null ? (
                <Status
                  value={status}
                  {...(recurring && status === 'PENDING' ? { label: 'Every period' } : {})}
                />
              ) : (
                <To page={`invoices/${invoiceId}`}>Invoiced</To>
              ),
          },
          { title: 'Since', wide: true, show: ({ createdAt }) => <Day value={createdAt} /> },
          {
            title: 'For one',
            end: true,
            show: ({ unitAmount, currency }) => <Money amount={unitAmount} currency={currency} strong />,
          },
          {
            title: '',
            end: true,
            show: (one) =>
              mayWrite && (
                <RowMenu
                  about={one.description}
                  items={[
                    one.status === 'PENDING' && {
                      label: 'Take it off…',
                      isGrave: true,
                      act: () => takeOff(one),
                    },
                  ]}
                />
              ),
          },
        ]}
      />
      <Modal opened={isCharging} onClose={charging.close} title="Charge for an add-on">
        <ChargeAddOnForm customerId={customerId} done={charging.close} />
      </Modal>
    </>
  )
}
