import { Alert, Button, Modal, Skeleton, Stack, Table, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useId } from '../addresses.ts'
import { fieldErrors, useData, useDeed } from '../ask.ts'
import { words } from '../format.ts'
import { Facts, Part } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { Day, Id, Money, Status, To } from '../parts/show.tsx'
import { Failure } from '../parts/states.tsx'
import { CustomerName } from '../parts/subscription-list.tsx'
import type { Payment as Shape } from '../types.ts'
import { usePlace } from '../visit.ts'

export function Payment(): ReactNode {
  const id = useId()
  const { api, mayWrite } = usePlace()
  const { run, isRunning } = useDeed()
  const [isOpen, { open, close }] = useDisclosure()
  const form = useForm({ initialValues: { amount: '', reason: '' } })
  const { data: payment, error, refetch } = useData<Shape>(`/payments/${id}`)
  if (error && !payment) return <Failure error={error} retry={() => void refetch()} />
  if (!payment) return <Skeleton height={220} />
  const { currency, status } = payment
  const rest = payment.amount - payment.refundedAmount
  return (
    <>
      <Heading title="Payment" about={<Id value={payment.id} />}>
        {mayWrite && status === 'SUCCEEDED' && rest > 0 && <Button onClick={open}>Refund</Button>}
      </Heading>
      {payment.failureReason && (
        <Alert color="red" mb="md" title={payment.failureCode ?? 'Declined'}>
          {payment.failureReason}
        </Alert>
      )}
      <Facts
        items={[
          ['Amount', <Money key="amount" amount={payment.amount} currency={currency} strong />],
          ['Status', <Status key="status" value={status} />],
          ['Refunded', <Money key="refunded" amount={payment.refundedAmount} currency={currency} />],
          ['Made', <Day key="made" value={payment.createdAt} withTime />],
          [
            'Customer',
            <To key="customer" page={`customers/${payment.customerId}`}>
              <CustomerName id={payment.customerId} />
            </To>,
          ],
          [
            'Invoice',
            <To key="invoice" page={`invoices/${payment.invoiceId}`}>
              open
            </To>,
          ],
          ['Provider', words(payment.provider)],
          ['Its number there', payment.providerTransactionId ?? '–'],
        ]}
      />
      {payment.refunds.length > 0 && (
        <Part title="Refunds">
          <Table withTableBorder aria-label="Refunds">
            <Table.Tbody>
              {payment.refunds.map((refund) => (
                <Table.Tr key={refund.id}>
                  <Table.Td>
                    <Day value={refund.createdAt} withTime />
                  </Table.Td>
                  <Table.Td>
                    <Status value={refund.status} />
                  </Table.Td>
                  <Table.Td visibleFrom="sm">{refund.failureReason ?? refund.reason}</Table.Td>
                  <Table.Td ta="end">
                    <Money amount={refund.amount} currency={currency} strong />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Part>
      )}
      <Modal opened={isOpen} onClose={close} title="Refund">
        <form
          onSubmit={form.onSubmit(({ amount, reason }) =>
            run({
              act: () =>
                api.post(`/payments/${id}/refund`, {
                  ...(amount === '' ? {} : { amount }),
                  ...(reason === '' ? {} : { reason }),
                }),
              said: 'The refund is on its way',
              after: close,
              refused: (refusal) => form.setErrors(fieldErrors(refusal)),
            }),
          )}
        >
          <Stack>
            <TextInput
              label={`Amount in ${currency}`}
              description="All that is left, when empty"
              inputMode="decimal"
              placeholder={String(rest)}
              data-autofocus
              {...form.getInputProps('amount')}
            />
            <TextInput label="Why" {...form.getInputProps('reason')} />
            <Button type="submit" loading={isRunning}>
              Refund
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  )
}
