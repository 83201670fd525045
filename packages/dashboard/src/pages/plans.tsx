import { Button, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPackage, IconPlus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useFilters, useGo } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { PlanForm } from '../forms/plan-form.tsx'
import { interval, money } from '../format.ts'
import { Heading } from '../parts/heading.tsx'
import { Listing } from '../parts/listing.tsx'
import { Status } from '../parts/show.tsx'
import { Empty } from '../parts/states.tsx'
import type { Plan } from '../types.ts'
import { usePlace } from '../visit.ts'

export function Plans(): ReactNode {
  const { mayWrite } = usePlace()
  const { page, set } = useFilters()
  const go = useGo()
  const [isOpen, { open, close }] = useDisclosure()
  const answer = useData<Page<Plan>>('/plans', { page, limit: 20 })
  const add = mayWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      Make a plan
    </Button>
  ) : undefined
  return (
    <>
      <Heading title="Plans">{add}</Heading>
      <Listing
        answer={answer}
        label="Plans"
        page={page}
        turnTo={(next) => set({ page: next })}
        open={({ id }) => go(`plans/${id}`)}
        empty={
          <Empty icon={IconPackage} title="No plans yet" action={add}>
            A plan says what is paid and how often, with a price of its own in every currency that you sell
            in.
          </Empty>
        }
        columns={[
          { title: 'Name', show: ({ name }) => name },
          { title: 'Code', wide: true, show: ({ code }) => code },
          {
            title: 'Billed',
            show: ({ billingInterval, intervalCount }) => interval(billingInterval, intervalCount),
          },
          {
            title: 'Prices',
            show: ({ prices }) =>
              prices.map(({ amount, currency }) => money(amount, currency)).join(' · ') || 'none yet',
          },
          {
            title: 'Status',
            wide: true,
            show: ({ isActive }) => <Status value={isActive ? 'ACTIVE' : 'ARCHIVED'} />,
          },
        ]}
      />
      <Modal opened={isOpen} onClose={close} title="Make a plan" size="lg">
        <PlanForm done={({ id }) => go(`plans/${id}`)} />
      </Modal>
    </>
  )
}
