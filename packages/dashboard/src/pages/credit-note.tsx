import { Button, Menu, Paper, Skeleton, Stack, Table, Text } from '@mantine/core'
import { IconDots, IconFileTypePdf } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useId } from '../addresses.ts'
import { useData, useDeed } from '../ask.ts'
import { exactly, words } from '../format.ts'
import { Facts, Part } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { confirmFirst } from '../parts/row-menu.tsx'
import { Day, Id, Money, Status, To } from '../parts/show.tsx'
import { Failure } from '../parts/states.tsx'
import { Sum } from '../parts/sum.tsx'
import type { CreditNote as Shape } from '../types.ts'
import { usePlace } from '../visit.ts'

/** What of an invoice was credited, and where it went. */
export function CreditNote(): ReactNode {
  const id = useId()
  const { api, mayWrite } = usePlace()
  const { run, isRunning } = useDeed()
  const { data: note, error, refetch } = useData<Shape>(`/credit-notes/${id}`)
  if (error && !note) return <Failure error={error} retry={() => void refetch()} />
  if (!note) return <Skeleton height={320} />
  const { currency, status } = note
  const openPdf = (): void =>
    run({
      act: () => api.get<{ url: string }>(`/credit-notes/${id}/pdf`),
      after: ({ url }) => void globalThis.open(new URL(url).pathname, '_blank', 'noopener'),
    })
  const takeBack = (): void =>
    confirmFirst(
      'Take it back?',
      'The invoice is owed again as if it had not been credited. That goes as long as nothing of it has been spent, sent back, or taken off an invoice that is settled since.',
      'Take it back',
      () => run({ act: () => api.post(`/credit-notes/${id}/void`), said: 'Taken back' }),
    )
  return (
    <>
      <Heading title={note.number ?? 'Draft credit note'} about={<Id value={note.id} />}>
        {status !== 'DRAFT' && (
          <Button
            variant="default"
            leftSection={<IconFileTypePdf size={16} />}
            loading={isRunning}
            onClick={openPdf}
          >
            PDF
          </Button>
        )}
        {mayWrite && status === 'FINALIZED' && (
          <Menu position="bottom-end" width={230}>
            <Menu.Target>
              <Button variant="default" px="xs" aria-label="More">
                <IconDots size={16} />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                onClick={() =>
                  run({
                    act: () => api.post(`/credit-notes/${id}/send-email`),
                    said: 'The mail is on its way',
                  })
                }
              >
                Send by mail
              </Menu.Item>
              <Menu.Item color="red" onClick={takeBack}>
                Take it back…
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </Heading>
      <Facts
        items={[
          [
            'Customer',
            <To key="customer" page={`customers/${note.customerId}`}>
              {note.billTo.name ?? note.billTo.email ?? note.customerId}
            </To>,
          ],
          [
            'Invoice',
            <To key="invoice" page={`invoices/${note.invoiceId}`}>
              open
            </To>,
          ],
          ['Status', <Status key="status" value={status} />],
          ['Why', words(note.reason)],
          ['Issued', <Day key="issued" value={note.issuedAt} />],
          ['Off what was owed', <Money key="owed" amount={note.settledAmount} currency={currency} />],
          ['Back to the payer', <Money key="payer" amount={note.refundAmount} currency={currency} />],
          ['To the balance', <Money key="balance" amount={note.balanceAmount} currency={currency} />],
        ]}
      />
      <Part title="Lines">
        <Paper withBorder>
          <Table.ScrollContainer minWidth={0}>
            <Table verticalSpacing="sm" horizontalSpacing="md" aria-label="Lines">
              <Table.Tbody>
                {note.items.map((item) => (
                  <Table.Tr key={item.id}>
                    <Table.Td>
                      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                        {item.description}
                      </Text>
                      {item.periodStart && (
                        <Text size="xs" c="dimmed" component="div">
                          <Day value={item.periodStart} /> – <Day value={item.periodEnd} />
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td ta="end">
                      <Money amount={item.amount} currency={currency} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
          <Stack gap={4} p="md" align="flex-end">
            {note.discountAmount > 0 && (
              <Sum label="Discount" amount={-note.discountAmount} currency={currency} />
            )}
            {note.taxes.map(({ code, name, rate, amount }) => (
              <Sum key={code} label={`${name} ${exactly(rate)} %`} amount={amount} currency={currency} />
            ))}
            <Sum label="Total" amount={note.total} currency={currency} strong />
          </Stack>
        </Paper>
      </Part>
    </>
  )
}
