import { Button, Menu, Modal, Paper, Skeleton, Stack, Table, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { IconDots, IconFileTypePdf } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useId } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData, useDeed } from '../ask.ts'
import { CreditForm } from '../forms/credit-form.tsx'
import { CreditNoteList } from '../parts/credit-note-list.tsx'
import { Explanation } from '../parts/explanation.tsx'
import { Facts, Part } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { PaymentList } from '../parts/payment-list.tsx'
import { Day, Id, Money, Status, To } from '../parts/show.tsx'
import { Failure } from '../parts/states.tsx'
import { Sum } from '../parts/sum.tsx'
import type { CreditNote, Invoice as Shape, Payment } from '../types.ts'
import { usePlace } from '../visit.ts'

export function Invoice(): ReactNode {
  const id = useId()
  const { api, mayWrite } = usePlace()
  const { run, isRunning } = useDeed()
  const [isCrediting, setCrediting] = useState(false)
  const [isExplaining, setExplaining] = useState(false)
  const { data: invoice, error, refetch } = useData<Shape>(`/invoices/${id}`)
  const payments = useData<Page<Payment>>('/payments', { invoiceId: id, limit: 20 })
  const notes = useData<Page<CreditNote>>('/credit-notes', { invoiceId: id, limit: 20 })
  if (error && !invoice) return <Failure error={error} retry={() => void refetch()} />
  if (!invoice) return <Skeleton height={320} />
  const { currency, status } = invoice
  const isDraft = status === 'DRAFT'
  const isOpen = status === 'PENDING' || status === 'FAILED'
  const post = (verb: string, said: string, body?: unknown) => (): void =>
    run({ act: () => api.post(`/invoices/${id}/${verb}`, body), said })
  const ask = (title: string, text: string, act: () => void) => (): void =>
    void modals.openConfirmModal({
      title,
      children: <Text size="sm">{text}</Text>,
      labels: { confirm: title.replace('?', ''), cancel: 'Leave it' },
      confirmProps: { color: 'red' },
      onConfirm: act,
    })
  const openPdf = (): void =>
    run({
      act: () => api.get<{ url: string }>(`/invoices/${id}/pdf`),
      after: ({ url }) => void globalThis.open(new URL(url).pathname, '_blank', 'noopener'),
    })
  return (
    <>
      <Heading title={invoice.number ?? 'Draft invoice'} about={<Id value={invoice.id} />}>
        {!isDraft && (
          <Button
            variant="default"
            leftSection={<IconFileTypePdf size={16} />}
            loading={isRunning}
            onClick={openPdf}
          >
            PDF
          </Button>
        )}
        {mayWrite && isDraft && (
          <Button loading={isRunning} onClick={post('finalize', 'Issued')}>
            Issue
          </Button>
        )}
        {mayWrite && isOpen && (
          <Button loading={isRunning} onClick={post('pay', 'The payment is on its way')}>
            Collect now
          </Button>
        )}
        {mayWrite && !isDraft && (
          <Menu position="bottom-end" width={230}>
            <Menu.Target>
              <Button variant="default" px="xs" aria-label="More">
                <IconDots size={16} />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {invoice.hostedUrl !== null && (
                <Menu.Item
                  component="a"
                  href={new URL(invoice.hostedUrl).pathname}
                  target="_blank"
                  rel="noopener"
                >
                  Open the customer’s page
                </Menu.Item>
              )}
              {isOpen && (
                <Menu.Item onClick={post('mark-paid', 'Marked as paid', { paymentMethod: 'BANK_TRANSFER' })}>
                  Paid by bank transfer
                </Menu.Item>
              )}
              {status !== 'VOID' && (
                <Menu.Item onClick={post('send-email', 'The mail is on its way')}>Send by mail</Menu.Item>
              )}
              {(isOpen || status === 'PAID') && (
                <Menu.Item onClick={() => setCrediting(true)}>Credit…</Menu.Item>
              )}
              {isOpen && (
                <>
                  <Menu.Item
                    onClick={ask(
                      'Give it up?',
                      'It counts as a bad debt from now on. A payment that comes after all is still taken.',
                      post('mark-uncollectible', 'Given up'),
                    )}
                  >
                    Give it up…
                  </Menu.Item>
                  <Menu.Item
                    color="red"
                    onClick={ask(
                      'Void it?',
                      'It is owed by nobody any more, and keeps its number.',
                      post('void', 'Voided'),
                    )}
                  >
                    Void…
                  </Menu.Item>
                </>
              )}
            </Menu.Dropdown>
          </Menu>
        )}
      </Heading>
      <Facts
        items={[
          [
            'Customer',
            <To key="customer" page={`customers/${invoice.customerId}`}>
              {invoice.billTo.name ?? invoice.billTo.email ?? invoice.customerId}
            </To>,
          ],
          ['Status', <Status key="status" value={status} />],
          ['Issued', <Day key="issued" value={invoice.issuedAt} />],
          ['Due', <Day key="due" value={invoice.dueDate} />],
          ['Total', <Money key="total" amount={invoice.total} currency={currency} strong />],
          ['Paid', <Money key="paid" amount={invoice.amountPaid} currency={currency} />],
          ['Credited', <Money key="credited" amount={invoice.amountCredited} currency={currency} />],
          ['To pay', <Money key="rest" amount={invoice.amountDue} currency={currency} strong />],
        ]}
      />
      <Part
        title="Lines"
        action={
          isDraft ? undefined : (
            <Button size="xs" variant="light" onClick={() => setExplaining(true)}>
              Explain every cent
            </Button>
          )
        }
      >
        <Lines invoice={invoice} />
      </Part>
      <Part title="Payments">
        <PaymentList answer={payments} />
      </Part>
      {(notes.data?.data.length ?? 0) > 0 && (
        <Part title="Credit notes">
          <CreditNoteList answer={notes} />
        </Part>
      )}
      <Modal opened={isCrediting} onClose={() => setCrediting(false)} title="Credit this invoice">
        <CreditForm invoice={invoice} done={() => setCrediting(false)} />
      </Modal>
      <Modal
        opened={isExplaining}
        onClose={() => setExplaining(false)}
        title={`How ${invoice.number ?? ''} comes about`}
        size="lg"
      >
        <Explanation invoice={invoice} />
      </Modal>
    </>
  )
}

function Lines({ invoice }: { invoice: Shape }): ReactNode {
  const { currency } = invoice
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={0}>
        <Table verticalSpacing="sm" horizontalSpacing="md" aria-label="Lines">
          <Table.Tbody>
            {invoice.items.map((item) => (
              <Table.Tr key={item.id}>
                <Table.Td>
                  <Text size="sm">{item.description}</Text>
                  {item.periodStart && (
                    <Text size="xs" c="dimmed" component="div">
                      <Day value={item.periodStart} /> – <Day value={item.periodEnd} />
                    </Text>
                  )}
                </Table.Td>
                <Table.Td ta="end" visibleFrom="sm">
                  {item.quantity} × <Money amount={item.unitAmount} currency={currency} />
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
        {invoice.discountAmount > 0 && (
          <Sum label="Discount" amount={-invoice.discountAmount} currency={currency} />
        )}
        {invoice.taxes.map(({ name, rate, amount }) => (
          <Sum key={`${name} ${rate}`} label={`${name} ${rate} %`} amount={amount} currency={currency} />
        ))}
        <Sum label="Total" amount={invoice.total} currency={currency} strong />
      </Stack>
    </Paper>
  )
}
