import { Button, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus, IconPuzzle } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useFilters } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData, useDeed } from '../ask.ts'
import { AddOnForm } from '../forms/add-on-form.tsx'
import { ChargeAddOnForm } from '../forms/charge-add-on-form.tsx'
import { money } from '../format.ts'
import { Heading } from '../parts/heading.tsx'
import { Listing } from '../parts/listing.tsx'
import { Named } from '../parts/named.tsx'
import { RowMenu, confirmFirst } from '../parts/row-menu.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { Day } from '../parts/show.tsx'
import { Empty } from '../parts/states.tsx'
import type { AddOn } from '../types.ts'
import { usePlace } from '../visit.ts'

/** What is sold besides plans, once or with every period. */
export function AddOns(): ReactNode {
  const { api, mayWrite } = usePlace()
  const { run } = useDeed()
  const { filters, page, set } = useFilters()
  const [isMaking, making] = useDisclosure()
  const [changed, setChanged] = useState<AddOn>()
  const [charged, setCharged] = useState<AddOn>()
  const code = filters['code']
  const answer = useData<Page<AddOn>>('/add-ons', { code, page, limit: 20 })
  const add = mayWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={making.open}>
      Make an add-on
    </Button>
  ) : undefined
  const remove = ({ id, name }: AddOn): void =>
    confirmFirst(`Delete ${name}?`, 'Only one that nobody was charged for goes.', 'Delete', () =>
      run({ act: () => api.delete(`/add-ons/${id}`), said: 'Deleted' }),
    )
  return (
    <>
      <Heading title="Add-ons" about="What is sold besides plans: a set-up, a training, a piece of hardware.">
        {add}
      </Heading>
      <SearchField label="Find an add-on" placeholder="A code" filter="code" />
      <Listing
        answer={answer}
        label="Add-ons"
        page={page}
        turnTo={(next) => set({ page: next })}
        empty={
          code === undefined ? (
            <Empty icon={IconPuzzle} title="No add-ons yet" action={add}>
              An add-on is charged once, on the next invoice or at once, or with every period of a
              subscription.
            </Empty>
          ) : (
            <Empty icon={IconPuzzle} title="No add-on of that code">
              Codes are looked for whole.
            </Empty>
          )
        }
        columns={[
          {
            title: 'Add-on',
            show: ({ name, code: ownCode }) => <Named name={name} code={ownCode} />,
          },
          {
            title: 'Prices',
            show: ({ prices }) => prices.map(({ amount, currency }) => money(amount, currency)).join(' · '),
          },
          { title: 'Made', wide: true, show: ({ createdAt }) => <Day value={createdAt} /> },
          {
            title: '',
            end: true,
            show: (addOn) =>
              mayWrite && (
                <RowMenu
                  about={addOn.code}
                  items={[
                    { label: 'Charge a customer…', act: () => setCharged(addOn) },
                    { label: 'Change…', act: () => setChanged(addOn) },
                    { label: 'Delete…', isGrave: true, act: () => remove(addOn) },
                  ]}
                />
              ),
          },
        ]}
      />
      <Modal opened={isMaking} onClose={making.close} title="Make an add-on">
        <AddOnForm done={making.close} />
      </Modal>
      <Modal opened={changed !== undefined} onClose={() => setChanged(undefined)} title="Change the add-on">
        {changed && <AddOnForm addOn={changed} done={() => setChanged(undefined)} />}
      </Modal>
      <Modal
        opened={charged !== undefined}
        onClose={() => setCharged(undefined)}
        title={`Charge for ${charged?.code ?? ''}`}
      >
        {charged && <ChargeAddOnForm addOnId={charged.id} done={() => setCharged(undefined)} />}
      </Modal>
    </>
  )
}
