import { Button, Menu, Modal, Skeleton, Tabs, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { modals } from '@mantine/modals'
import { IconDots } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useFilters, useGo, useId } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData, useDeed } from '../ask.ts'
import { CustomerForm } from '../forms/customer-form.tsx'
import { MethodForm } from '../forms/method-form.tsx'
import { SubscriptionForm } from '../forms/subscription-form.tsx'
import { AppliedAddOnList } from '../parts/applied-add-on-list.tsx'
import { AppliedCouponList } from '../parts/applied-coupon-list.tsx'
import { AssignedTaxes } from '../parts/assigned-taxes.tsx'
import { CreditNoteList } from '../parts/credit-note-list.tsx'
import { CustomerWallets } from '../parts/customer-wallets.tsx'
import { EntryList } from '../parts/entry-list.tsx'
import { Facts } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { InvoiceList } from '../parts/invoice-list.tsx'
import { MethodList } from '../parts/method-list.tsx'
import { OwnPrices } from '../parts/own-prices.tsx'
import { PaymentList } from '../parts/payment-list.tsx'
import { Day, Id, Money, Status } from '../parts/show.tsx'
import { Failure } from '../parts/states.tsx'
import { SubscriptionList } from '../parts/subscription-list.tsx'
import type { Customer as Shape } from '../types.ts'
import { usePlace } from '../visit.ts'

const tabs = [
  'subscriptions',
  'invoices',
  'payments',
  'payment-methods',
  'wallets',
  'coupons',
  'add-ons',
  'taxes',
  'own-prices',
  'credit-notes',
  'ledger',
] as const
const labels = {
  subscriptions: 'Subscriptions',
  invoices: 'Invoices',
  payments: 'Payments',
  'payment-methods': 'Payment methods',
  wallets: 'Wallets',
  coupons: 'Coupons',
  'add-ons': 'Add-ons',
  taxes: 'Taxes',
  'own-prices': 'Own prices',
  'credit-notes': 'Credit notes',
  ledger: 'Ledger',
}

const treatments: Readonly<Record<Shape['taxTreatment'], string>> = {
  AUTOMATIC: 'as everybody',
  EXEMPT: 'exempt',
  REVERSE_CHARGE: 'reverse charge',
}

export function Customer(): ReactNode {
  const id = useId()
  const { api, environment, mayWrite } = usePlace()
  const { filters, set } = useFilters()
  const go = useGo()
  const { run } = useDeed()
  const [isEditing, editing] = useDisclosure()
  const [isSubscribing, subscribing] = useDisclosure()
  const [isAddingMethod, addingMethod] = useDisclosure()
  const { data: customer, error, refetch } = useData<Shape>(`/customers/${id}`)
  const tab = tabs.find((one) => one === filters['tab']) ?? 'subscriptions'
  if (error && !customer) return <Failure error={error} retry={() => void refetch()} />
  if (!customer) return <Skeleton height={220} />
  const { currency } = customer
  const archive = (): void =>
    void modals.openConfirmModal({
      title: 'Archive this customer?',
      children: (
        <Text size="sm">
          Running subscriptions are canceled and unpaid invoices voided. Name, address and e-mail are erased;
          issued invoices stay as they are. This cannot be undone.
        </Text>
      ),
      labels: { confirm: 'Archive and erase', cancel: 'Keep' },
      confirmProps: { color: 'red' },
      onConfirm: () =>
        run({
          act: () => api.delete(`/customers/${id}?cascade=true`),
          said: 'Archived',
          after: () => go('customers'),
        }),
    })
  const openPortal = (): void =>
    run({
      act: () => api.post<{ url: string }>(`/customers/${id}/portal-link`, { expiresInMinutes: 60 }),
      after: ({ url }) => void globalThis.open(new URL(url).pathname, '_blank', 'noopener'),
    })
  return (
    <>
      <Heading title={customer.name ?? customer.email ?? customer.id} about={<Id value={customer.id} />}>
        {mayWrite && customer.status === 'ACTIVE' && (
          <>
            <Button onClick={subscribing.open}>Subscribe</Button>
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default" px="xs" aria-label="More">
                  <IconDots size={16} />
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={editing.open}>Change…</Menu.Item>
                <Menu.Item onClick={openPortal}>Open the customer’s portal</Menu.Item>
                {environment.kind === 'TEST' && (
                  <Menu.Item onClick={addingMethod.open}>Add a payment method…</Menu.Item>
                )}
                <Menu.Item color="red" onClick={archive}>
                  Archive…
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        )}
      </Heading>
      <Facts
        items={[
          ['E-mail', customer.email ?? '–'],
          ['Your id', customer.externalId ?? '–'],
          ['Status', <Status key="status" value={customer.status} />],
          ['Since', <Day key="since" value={customer.createdAt} />],
          ['Paid so far', <Money key="spent" amount={customer.totalSpent} currency={currency} strong />],
          ['Balance', <Money key="balance" amount={customer.balance} currency={currency} />],
          ['Country', customer.country ?? '–'],
          ['Time zone', customer.timezone],
          ['Tax number', customer.taxId ?? '–'],
          ['Taxes', treatments[customer.taxTreatment]],
        ]}
      />
      <Tabs value={tab} onChange={(value) => set({ tab: value ?? undefined })} mt="xl" keepMounted={false}>
        <Tabs.List mb="md">
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {labels[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          <TabPage key={tab} tab={tab} customer={customer} />
        </Tabs.Panel>
      </Tabs>
      <Modal opened={isEditing} onClose={editing.close} title="Change the customer">
        <CustomerForm customer={customer} done={editing.close} />
      </Modal>
      <Modal opened={isSubscribing} onClose={subscribing.close} title="Subscribe to a plan" size="lg">
        <SubscriptionForm customer={customer} done={(made) => go(`subscriptions/${made.id}`)} />
      </Modal>
      <Modal opened={isAddingMethod} onClose={addingMethod.close} title="Add a payment method">
        <MethodForm customerId={id} done={addingMethod.close} />
      </Modal>
    </>
  )
}

function TabPage({ tab, customer }: { tab: (typeof tabs)[number]; customer: Shape }): ReactNode {
  const { page, set, filters } = useFilters()
  const turnTo = (next: number): void => set({ tab: filters['tab'], page: next })
  const { id } = customer
  if (tab === 'wallets') return <CustomerWallets customer={customer} page={page} turnTo={turnTo} />
  if (tab === 'coupons') return <AppliedCouponList customerId={id} page={page} turnTo={turnTo} />
  if (tab === 'add-ons') return <AppliedAddOnList customerId={id} page={page} turnTo={turnTo} />
  if (tab === 'taxes') return <AssignedTaxes target={{ customerId: id }} />
  if (tab === 'own-prices') return <OwnPrices of={{ customerId: id }} />
  return <OwnList id={id} tab={tab} page={page} turnTo={turnTo} />
}

function OwnList({
  id,
  tab,
  ...list
}: {
  id: string
  tab: Exclude<(typeof tabs)[number], 'wallets' | 'coupons' | 'add-ons' | 'taxes' | 'own-prices'>
  page: number
  turnTo: (page: number) => void
}): ReactNode {
  // Each list of the customer has the shape of the list of all.
  const answer = useData<Page<never>>(`/customers/${id}/${tab}`, { page: list.page, limit: 20 })
  switch (tab) {
    case 'subscriptions':
      return <SubscriptionList answer={answer} {...list} />
    case 'invoices':
      return <InvoiceList answer={answer} {...list} />
    case 'payments':
      return <PaymentList answer={answer} {...list} />
    case 'payment-methods':
      return <MethodList answer={answer} {...list} />
    case 'credit-notes':
      return <CreditNoteList answer={answer} {...list} />
    case 'ledger':
      return <EntryList answer={answer} {...list} />
  }
}
