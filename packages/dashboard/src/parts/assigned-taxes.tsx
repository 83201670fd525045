import { Button, Group, Select } from '@mantine/core'
import { IconReceiptTax } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { Page } from '../api.ts'
import { useData, useDeed } from '../ask.ts'
import type { Tax, TaxAssignment } from '../types.ts'
import { usePlace } from '../visit.ts'
import { Listing } from './listing.tsx'
import { Day } from './show.tsx'
import { Empty } from './states.tsx'

/** The taxes that a customer or a plan is charged instead of those by default. */
export function AssignedTaxes({
  target,
}: {
  target: { readonly customerId: string } | { readonly planId: string }
}): ReactNode {
  const { api, mayWrite } = usePlace()
  const { run, isRunning } = useDeed()
  const [taxCode, setTaxCode] = useState<string | null>(null)
  const answer = useData<Page<TaxAssignment>>('/taxes/assignments', { ...target, limit: 100 })
  const taxes = useData<Page<Tax>>('/taxes', { limit: 100 })
  const nameOf = (code: string): string => taxes.data?.data.find((tax) => tax.code === code)?.name ?? code
  const assigned = new Set(answer.data?.data.map((one) => one.taxCode))
  const free = [...new Set(taxes.data?.data.map(({ code }) => code))].filter((code) => !assigned.has(code))
  const assign = (code: string): Promise<unknown> =>
    api.post('/taxes/assignments', { taxCode: code, ...target })
  return (
    <>
      {mayWrite && (
        <Group mb="sm" gap="xs">
          <Select
            aria-label="Tax"
            placeholder="A tax"
            data={free.map((code) => ({ value: code, label: nameOf(code) }))}
            nothingFoundMessage="No other tax is set up"
            value={taxCode}
            onChange={setTaxCode}
          />
          <Button
            variant="light"
            disabled={taxCode === null}
            loading={isRunning}
            onClick={() =>
              taxCode !== null &&
              run({ act: () => assign(taxCode), said: 'Assigned', after: () => setTaxCode(null) })
            }
          >
            Assign
          </Button>
        </Group>
      )}
      <Listing
        answer={answer}
        label="Assigned taxes"
        empty={
          <Empty icon={IconReceiptTax} title="Taxed as everybody">
            The taxes by default apply. One that is assigned takes their place.
          </Empty>
        }
        columns={[
          { title: 'Tax', show: ({ taxCode: code }) => nameOf(code) },
          { title: 'Since', wide: true, show: ({ createdAt }) => <Day value={createdAt} /> },
          {
            title: '',
            end: true,
            show: ({ id, taxCode: code }) =>
              mayWrite && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="red"
                  loading={isRunning}
                  aria-label={`Take ${nameOf(code)} away`}
                  onClick={() =>
                    run({
                      act: () => api.delete(`/taxes/assignments/${id}`),
                      said: 'Taken away',
                      undo: () => assign(code),
                    })
                  }
                >
                  Take away
                </Button>
              ),
          },
        ]}
      />
    </>
  )
}
