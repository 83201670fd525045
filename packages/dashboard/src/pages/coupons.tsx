import { Button, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDiscount, IconPlus } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useFilters } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData, useDeed } from '../ask.ts'
import { CouponForm } from '../forms/coupon-form.tsx'
import { GiveCouponForm } from '../forms/give-coupon-form.tsx'
import { count, countOf, exactly, money } from '../format.ts'
import { Heading } from '../parts/heading.tsx'
import { Listing } from '../parts/listing.tsx'
import { Named } from '../parts/named.tsx'
import { RowMenu, confirmFirst } from '../parts/row-menu.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { Day } from '../parts/show.tsx'
import { Empty } from '../parts/states.tsx'
import type { Coupon } from '../types.ts'
import { usePlace } from '../visit.ts'

/** What can be taken off what customers pay. */
export function Coupons(): ReactNode {
  const { api, mayWrite } = usePlace()
  const { run } = useDeed()
  const { filters, page, set } = useFilters()
  const [isMaking, making] = useDisclosure()
  const [changed, setChanged] = useState<Coupon>()
  const [given, setGiven] = useState<Coupon>()
  const code = filters['code']
  const answer = useData<Page<Coupon>>('/coupons', { code, page, limit: 20 })
  const add = mayWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={making.open}>
      Make a coupon
    </Button>
  ) : undefined
  const remove = (coupon: Coupon): void =>
    confirmFirst(`Delete ${coupon.code}?`, 'It was never given to anybody.', 'Delete', () =>
      run({ act: () => api.delete(`/coupons/${coupon.id}`), said: 'Deleted' }),
    )
  return (
    <>
      <Heading title="Coupons" about="What comes off invoices: a percentage or an amount, for a while.">
        {add}
      </Heading>
      <SearchField label="Find a coupon" placeholder="A code" filter="code" />
      <Listing
        answer={answer}
        label="Coupons"
        page={page}
        turnTo={(next) => set({ page: next })}
        empty={
          code === undefined ? (
            <Empty icon={IconDiscount} title="No coupons yet" action={add}>
              A coupon takes 20 % or an amount off one invoice, some, or all of them. Give it to a customer,
              for one subscription or for all.
            </Empty>
          ) : (
            <Empty icon={IconDiscount} title="No coupon of that code">
              Codes are looked for whole; upper and lower case are the same.
            </Empty>
          )
        }
        columns={[
          {
            title: 'Coupon',
            show: ({ name, code: ownCode }) => <Named name={name} code={ownCode} />,
          },
          { title: 'Takes off', show: takesOff },
          { title: 'For', wide: true, show: lasts },
          {
            title: 'Given',
            end: true,
            wide: true,
            show: ({ redemptions, maxRedemptions }) =>
              maxRedemptions === null
                ? count(redemptions)
                : `${count(redemptions)} of ${count(maxRedemptions)}`,
          },
          { title: 'Until', wide: true, show: ({ expiresAt }) => <Day value={expiresAt} /> },
          {
            title: '',
            end: true,
            show: (coupon) =>
              mayWrite && (
                <RowMenu
                  about={coupon.code}
                  items={[
                    { label: 'Give to a customer…', act: () => setGiven(coupon) },
                    { label: 'Change…', act: () => setChanged(coupon) },
                    coupon.redemptions === 0 && {
                      label: 'Delete…',
                      isGrave: true,
                      act: () => remove(coupon),
                    },
                  ]}
                />
              ),
          },
        ]}
      />
      <Modal opened={isMaking} onClose={making.close} title="Make a coupon">
        <CouponForm done={making.close} />
      </Modal>
      <Modal opened={changed !== undefined} onClose={() => setChanged(undefined)} title="Change the coupon">
        {changed && <CouponForm coupon={changed} done={() => setChanged(undefined)} />}
      </Modal>
      <Modal
        opened={given !== undefined}
        onClose={() => setGiven(undefined)}
        title={`Give ${given?.code ?? ''}`}
      >
        {given && <GiveCouponForm couponId={given.id} done={() => setGiven(undefined)} />}
      </Modal>
    </>
  )
}

function takesOff({ discountType, discountValue, currency }: Coupon): string {
  return discountType === 'FIXED_AMOUNT' && currency !== null
    ? money(discountValue, currency)
    : `${exactly(discountValue)} %`
}

function lasts({ duration, periods }: Coupon): string {
  return duration === 'ONCE' ? 'one period' : periods === null ? 'all periods' : countOf(periods, 'period')
}
