import { Button, Modal, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus, IconReceiptTax } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useFilters } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData, useDeed } from '../ask.ts'
import { TaxForm } from '../forms/tax-form.tsx'
import { exactly } from '../format.ts'
import { Heading } from '../parts/heading.tsx'
import { Listing } from '../parts/listing.tsx'
import { Named } from '../parts/named.tsx'
import { RowMenu, confirmFirst } from '../parts/row-menu.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { Day } from '../parts/show.tsx'
import { Empty } from '../parts/states.tsx'
import type { Tax } from '../types.ts'
import { usePlace } from '../visit.ts'

/** What is charged for the state. */
export function Taxes(): ReactNode {
  const { api, mayWrite } = usePlace()
  const { run } = useDeed()
  const { filters, page, set } = useFilters()
  const [isMaking, making] = useDisclosure()
  const [changed, setChanged] = useState<Tax>()
  const code = filters['code']
  const answer = useData<Page<Tax>>('/taxes', { code, page, limit: 20 })
  const add = mayWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={making.open}>
      Set a tax up
    </Button>
  ) : undefined
  const remove = ({ id, code: ownCode, name }: Tax): void =>
    confirmFirst(
      `Remove ${name}?`,
      `It is charged no more; what was issued keeps it. Who was assigned ${ownCode} loses it with the last tax of that code.`,
      'Remove',
      () => run({ act: () => api.delete(`/taxes/${id}`), said: 'Removed' }),
    )
  return (
    <>
      <Heading
        title="Taxes"
        about="What is charged for the state. The most specific wins: of a charge, a plan, a customer, else those by default."
      >
        {add}
      </Heading>
      <SearchField label="Find a tax" placeholder="A code" filter="code" />
      <Listing
        answer={answer}
        label="Taxes"
        page={page}
        turnTo={(next) => set({ page: next })}
        empty={
          code === undefined ? (
            <Empty icon={IconReceiptTax} title="No taxes yet" action={add}>
              Begin with your country’s rate from a table, or enter your own. Until then nothing is taxed.
            </Empty>
          ) : (
            <Empty icon={IconReceiptTax} title="No tax of that code">
              Codes are looked for whole.
            </Empty>
          )
        }
        columns={[
          {
            title: 'Tax',
            show: ({ name, code: ownCode }) => <Named name={name} code={ownCode} />,
          },
          {
            title: 'Rate',
            show: ({ rate, components }) => (
              <>
                {exactly(rate)} %
                {components.length > 0 && (
                  <Text size="xs" c="dimmed">
                    {components.map((part) => `${part.name} ${exactly(part.rate)} %`).join(' + ')}
                  </Text>
                )}
              </>
            ),
          },
          { title: 'Country', wide: true, show: ({ country }) => country ?? 'all' },
          {
            title: 'Charged',
            wide: true,
            show: ({ appliedByDefault }) => (appliedByDefault ? 'by default' : 'where assigned'),
          },
          {
            title: 'Prices',
            wide: true,
            show: ({ inclusive }) => (inclusive ? 'include it' : 'come without it'),
          },
          {
            title: 'Days',
            wide: true,
            show: ({ validFrom, validTo }) =>
              validFrom === null && validTo === null ? (
                'all'
              ) : (
                <>
                  <Day value={validFrom} /> – <Day value={validTo} />
                </>
              ),
          },
          {
            title: '',
            end: true,
            show: (tax) =>
              mayWrite && (
                <RowMenu
                  about={tax.code}
                  items={[
                    { label: 'Change…', act: () => setChanged(tax) },
                    { label: 'Remove…', isGrave: true, act: () => remove(tax) },
                  ]}
                />
              ),
          },
        ]}
      />
      <Modal opened={isMaking} onClose={making.close} title="Set a tax up">
        <TaxForm done={making.close} />
      </Modal>
      <Modal opened={changed !== undefined} onClose={() => setChanged(undefined)} title="Change the tax">
        {changed && <TaxForm tax={changed} done={() => setChanged(undefined)} />}
      </Modal>
    </>
  )
}
