import { Badge, Button, Group, Modal, Skeleton, Stack, Table, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useId } from '../addresses.ts'
import type { Page } from '../api.ts'
import { fieldErrors, useData, useDeed } from '../ask.ts'
import { interval } from '../format.ts'
import { AssignedTaxes } from '../parts/assigned-taxes.tsx'
import { ChargeList } from '../parts/charge-list.tsx'
import { CurrencySelect } from '../parts/currency-select.tsx'
import { Facts, Part } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { OwnPrices } from '../parts/own-prices.tsx'
import { Day, Id, Money, Status } from '../parts/show.tsx'
import { Failure } from '../parts/states.tsx'
import { SubscriptionList } from '../parts/subscription-list.tsx'
import type { Plan as Shape, Subscription } from '../types.ts'
import { usePlace } from '../visit.ts'

export function Plan(): ReactNode {
  const id = useId()
  const { api, mayWrite, visit } = usePlace()
  const { run, isRunning } = useDeed()
  const [isOpen, { open, close }] = useDisclosure()
  const { data: plan, error, refetch } = useData<Shape>(`/plans/${id}`)
  const subscriptions = useData<Page<Subscription>>('/subscriptions', { planId: id, limit: 10 })
  const form = useForm({ initialValues: { currency: visit.tenant.currency, amount: '' } })
  if (error && !plan) return <Failure error={error} retry={() => void refetch()} />
  if (!plan) return <Skeleton height={220} />
  return (
    <>
      <Heading
        title={plan.name}
        about={
          <>
            {plan.description} <Id value={plan.id} />
          </>
        }
      >
        {mayWrite && (
          <Button
            variant="default"
            loading={isRunning}
            onClick={() =>
              run({
                act: () => api.patch(`/plans/${id}`, { isActive: !plan.isActive }),
                said: plan.isActive ? 'It takes no new subscriptions' : 'It takes subscriptions again',
              })
            }
          >
            {plan.isActive ? 'Take off sale' : 'Put on sale'}
          </Button>
        )}
      </Heading>
      <Facts
        items={[
          ['Code', plan.code],
          ['Billed', interval(plan.billingInterval, plan.intervalCount)],
          ['When', plan.billingTiming === 'IN_ADVANCE' ? 'as a period begins' : 'as a period ends'],
          [
            'Status',
            <Status
              key="status"
              value={plan.isActive ? 'ACTIVE' : 'ARCHIVED'}
              label={plan.isActive ? 'On sale' : 'Off sale'}
            />,
          ],
          ['Trial', plan.trialDays === 0 ? 'none' : `${plan.trialDays} days`],
          [
            'To pay within',
            plan.netPaymentTerms === null ? 'as the account says' : `${plan.netPaymentTerms} days`,
          ],
          [
            'Usage invoiced early',
            plan.progressiveBillingThreshold.length === 0 ? (
              'no'
            ) : (
              <Group key="threshold" gap={4}>
                from
                {plan.progressiveBillingThreshold.map(({ currency, amount }) => (
                  <Money key={currency} amount={amount} currency={currency} />
                ))}
              </Group>
            ),
          ],
          ['Made', <Day key="made" value={plan.createdAt} />],
          [
            'Features',
            plan.features.length === 0 ? (
              '–'
            ) : (
              <Group key="features" gap={4}>
                {plan.features.map((one) => (
                  <Badge key={one} variant="default" tt="none">
                    {one}
                  </Badge>
                ))}
              </Group>
            ),
          ],
        ]}
      />
      <Part
        title="Prices"
        action={
          mayWrite ? (
            <Button size="xs" variant="light" onClick={open}>
              Another currency
            </Button>
          ) : undefined
        }
      >
        <Table withTableBorder aria-label="Prices">
          <Table.Tbody>
            {plan.prices.map(({ id: priceId, currency, amount }) => (
              <Table.Tr key={priceId}>
                <Table.Td>{currency}</Table.Td>
                <Table.Td ta="end">
                  <Money amount={amount} currency={currency} strong />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Text size="xs" c="dimmed" mt={4}>
          A new price is for new subscriptions; those that run keep what they were sold for.
        </Text>
      </Part>
      <ChargeList plan={plan} />
      <Part title="Own prices of customers">
        <OwnPrices of={{ planId: id }} />
      </Part>
      <Part title="Taxes">
        <AssignedTaxes target={{ planId: id }} />
      </Part>
      <Part title="Subscriptions">
        <SubscriptionList answer={subscriptions} />
      </Part>
      <Modal opened={isOpen} onClose={close} title="A price in another currency">
        <form
          onSubmit={form.onSubmit((values) =>
            run({
              act: () => api.post(`/plans/${id}/prices`, values),
              said: 'The price is there',
              after: close,
              refused: (refusal) => form.setErrors(fieldErrors(refusal)),
            }),
          )}
        >
          <Stack>
            <CurrencySelect label="Currency" {...form.getInputProps('currency')} />
            <TextInput
              label="Amount"
              inputMode="decimal"
              required
              data-autofocus
              {...form.getInputProps('amount')}
            />
            <Button type="submit" loading={isRunning}>
              Add
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  )
}
