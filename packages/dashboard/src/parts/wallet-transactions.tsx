import { IconWallet } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { exactly } from '../format.ts'
import type { Wallet, WalletTransaction } from '../types.ts'
import { Listing } from './listing.tsx'
import { Day, Money, To } from './show.tsx'
import { Empty } from './states.tsx'

const names: Readonly<Record<WalletTransaction['type'], string>> = {
  TOP_UP: 'Topped up',
  SPENT: 'Spent',
  RETURNED: 'Returned',
  VOIDED: 'Taken away',
  EXPIRED: 'Expired',
}

/** What went in and out of a wallet. */
export function WalletTransactions({ wallet }: { wallet: Wallet }): ReactNode {
  const [page, setPage] = useState(1)
  const answer = useData<Page<WalletTransaction>>(`/wallets/${wallet.id}/transactions`, { page, limit: 10 })
  return (
    <Listing
      answer={answer}
      label="Transactions"
      page={page}
      turnTo={setPage}
      empty={
        <Empty icon={IconWallet} title="Nothing yet">
          Credits that are bought come in when their invoice is paid.
        </Empty>
      }
      columns={[
        { title: 'When', show: ({ createdAt }) => <Day value={createdAt} withTime /> },
        {
          title: 'What',
          show: ({ type, invoiceId }) =>
            invoiceId === null ? names[type] : <To page={`invoices/${invoiceId}`}>{names[type]}</To>,
        },
        { title: 'Credits', end: true, show: ({ credits }) => exactly(credits) },
        {
          title: 'Worth',
          end: true,
          wide: true,
          show: ({ amount }) => <Money amount={amount} currency={wallet.currency} />,
        },
      ]}
    />
  )
}
