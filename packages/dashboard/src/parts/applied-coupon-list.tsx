import { Button, Group, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDiscount } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { useData, useDeed } from '../ask.ts'
import { GiveCouponForm } from '../forms/give-coupon-form.tsx'
import { count } from '../format.ts'
import type { AppliedCoupon } from '../types.ts'
import { usePlace } from '../visit.ts'
import { Listing } from './listing.tsx'
import { RowMenu, confirmFirst } from './row-menu.tsx'
import { Day, Id, Status, To } from './show.tsx'
import { Empty } from './states.tsx'

/** The coupons that a customer has or had. */
export function AppliedCouponList({
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
  const [isGiving, giving] = useDisclosure()
  const answer = useData<Page<AppliedCoupon>>('/coupons/applied', { customerId, page, limit: 20 })
  const takeBack = ({ id, code }: AppliedCoupon): void =>
    confirmFirst(
      `Take ${code} back?`,
      'It discounts nothing more. What it discounted stays.',
      'Take it back',
      () => run({ act: () => api.delete(`/coupons/applied/${id}`), said: 'Taken back' }),
    )
  return (
    <>
      {mayWrite && (
        <Group justify="flex-end" mb="sm">
          <Button size="xs" variant="light" onClick={giving.open}>
            Give a coupon
          </Button>
        </Group>
      )}
      <Listing
        answer={answer}
        label="Coupons"
        page={page}
        turnTo={turnTo}
        empty={
          <Empty icon={IconDiscount} title="No coupon">
            A coupon comes off the invoices that are issued from when it is given.
          </Empty>
        }
        columns={[
          { title: 'Code', show: ({ code }) => <Id value={code} /> },
          { title: 'Status', show: ({ status }) => <Status value={status} /> },
          {
            title: 'For',
            wide: true,
            show: ({ subscriptionId }) =>
              subscriptionId === null ? (
                'all subscriptions'
              ) : (
                <To page={`subscriptions/${subscriptionId}`}>one subscription</To>
              ),
          },
          {
            title: 'Periods',
            end: true,
            show: ({ used, usesLeft }) =>
              usesLeft === null ? count(used) : `${count(used)} of ${count(used + usesLeft)}`,
          },
          { title: 'Given', wide: true, show: ({ createdAt }) => <Day value={createdAt} /> },
          {
            title: '',
            end: true,
            show: (one) =>
              mayWrite && (
                <RowMenu
                  about={one.code}
                  items={[
                    one.status === 'ACTIVE' && {
                      label: 'Take back…',
                      isGrave: true,
                      act: () => takeBack(one),
                    },
                  ]}
                />
              ),
          },
        ]}
      />
      <Modal opened={isGiving} onClose={giving.close} title="Give a coupon">
        <GiveCouponForm customerId={customerId} done={giving.close} />
      </Modal>
    </>
  )
}
