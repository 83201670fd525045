import {
  IconActivity,
  IconBook2,
  IconBuilding,
  IconBuildingBank,
  IconChartBar,
  IconCreditCard,
  IconDiscount,
  IconFileInvoice,
  IconGauge,
  IconHome,
  IconKey,
  IconListCheck,
  IconMail,
  IconPackage,
  type IconProps,
  IconPuzzle,
  IconReceiptRefund,
  IconReceiptTax,
  IconRefresh,
  IconUsers,
  IconTerminal2,
  IconTimelineEvent,
  IconUsersGroup,
  IconWallet,
  IconWebhook,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'

type Area = {
  readonly title: string
  readonly pages: readonly {
    readonly label: string
    readonly page: string
    readonly icon: ComponentType<IconProps>
  }[]
}

/** The rooms of the dashboard, named as the API names them. */
export const areas: readonly Area[] = [
  {
    title: 'Billing',
    pages: [
      { label: 'Home', page: '', icon: IconHome },
      { label: 'Customers', page: 'customers', icon: IconUsers },
      { label: 'Subscriptions', page: 'subscriptions', icon: IconRefresh },
      { label: 'Invoices', page: 'invoices', icon: IconFileInvoice },
      { label: 'Credit notes', page: 'credit-notes', icon: IconReceiptRefund },
      { label: 'Payments', page: 'payments', icon: IconCreditCard },
      { label: 'Wallets', page: 'wallets', icon: IconWallet },
      { label: 'Mails', page: 'mails', icon: IconMail },
    ],
  },
  {
    title: 'Catalogue',
    pages: [
      { label: 'Plans', page: 'plans', icon: IconPackage },
      { label: 'Metrics', page: 'metrics', icon: IconGauge },
      { label: 'Usage', page: 'usage', icon: IconActivity },
      { label: 'Add-ons', page: 'add-ons', icon: IconPuzzle },
      { label: 'Coupons', page: 'coupons', icon: IconDiscount },
      { label: 'Taxes', page: 'taxes', icon: IconReceiptTax },
    ],
  },
  {
    title: 'Books',
    pages: [
      { label: 'Analytics', page: 'analytics', icon: IconChartBar },
      { label: 'Ledger', page: 'ledger', icon: IconBook2 },
    ],
  },
  {
    title: 'Developers',
    pages: [
      { label: 'API keys', page: 'api-keys', icon: IconKey },
      { label: 'Request log', page: 'requests', icon: IconTerminal2 },
      { label: 'Webhooks', page: 'webhooks', icon: IconWebhook },
      { label: 'Event log', page: 'event-log', icon: IconTimelineEvent },
    ],
  },
  {
    title: 'Account',
    pages: [
      { label: 'Team', page: 'team', icon: IconUsersGroup },
      { label: 'Audit log', page: 'audit-log', icon: IconListCheck },
      { label: 'Payment providers', page: 'payment-providers', icon: IconBuildingBank },
      { label: 'Settings', page: 'settings', icon: IconBuilding },
    ],
  },
]
