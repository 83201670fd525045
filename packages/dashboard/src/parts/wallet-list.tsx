import { Modal, Text } from '@mantine/core'
import { IconWallet } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { Page } from '../api.ts'
import { useDeed } from '../ask.ts'
import { MoveCreditsForm } from '../forms/move-credits-form.tsx'
import { WalletForm } from '../forms/wallet-form.tsx'
import { exactly } from '../format.ts'
import type { Wallet } from '../types.ts'
import { usePlace } from '../visit.ts'
import { Listing } from './listing.tsx'
import { RowMenu, confirmFirst } from './row-menu.tsx'
import { Day, Money, Status, To } from './show.tsx'
import { Empty } from './states.tsx'
import { CustomerName } from './subscription-list.tsx'
import { WalletTransactions } from './wallet-transactions.tsx'

type Shown = { readonly what: 'move' | 'change' | 'transactions'; readonly wallet: Wallet }
const titles = { move: 'Credits', change: 'Change the wallet', transactions: 'What went in and out' }

/** Wallets, with what can be done with each. */
export function WalletList({
  answer,
  page,
  turnTo,
  action,
}: {
  answer: UseQueryResult<Page<Wallet>>
  page: number
  turnTo: (page: number) => void
  action: ReactNode
}): ReactNode {
  const { api, mayWrite } = usePlace()
  const { run } = useDeed()
  const [shown, setShown] = useState<Shown>()
  const close = (): void => setShown(undefined)
  const end = (wallet: Wallet): void =>
    confirmFirst(
      'End this wallet?',
      `${exactly(wallet.balance)} credits are in it: they are gone. Refund what you owe for them.`,
      'End it',
      () => run({ act: () => api.delete(`/wallets/${wallet.id}`), said: 'Ended' }),
    )
  return (
    <>
      <Listing
        answer={answer}
        label="Wallets"
        page={page}
        turnTo={turnTo}
        open={(wallet) => setShown({ what: 'transactions', wallet })}
        empty={
          <Empty icon={IconWallet} title="No wallets yet" action={action}>
            A wallet holds credits that a customer has bought, or was given, ahead. Invoices take from it
            before anything is collected.
          </Empty>
        }
        columns={[
          { title: 'Wallet', show: ({ name, currency }) => name ?? `Credits in ${currency}` },
          {
            title: 'Customer',
            show: ({ customerId }) => (
              <To page={`customers/${customerId}`}>
                <CustomerName id={customerId} />
              </To>
            ),
          },
          { title: 'Status', wide: true, show: ({ status }) => <Status value={status} /> },
          { title: 'Expires', wide: true, show: ({ expirationAt }) => <Day value={expirationAt} /> },
          {
            title: 'Credits',
            end: true,
            wide: true,
            show: ({ balance }) => exactly(balance),
          },
          {
            title: 'Worth',
            end: true,
            show: ({ balanceAmount, currency }) => (
              <Money amount={balanceAmount} currency={currency} strong />
            ),
          },
          {
            title: '',
            end: true,
            show: (wallet) =>
              mayWrite &&
              wallet.status === 'ACTIVE' && (
                <RowMenu
                  about={wallet.name ?? `credits in ${wallet.currency}`}
                  items={[
                    { label: 'Top up or take away…', act: () => setShown({ what: 'move', wallet }) },
                    { label: 'Change…', act: () => setShown({ what: 'change', wallet }) },
                    { label: 'End it…', isGrave: true, act: () => end(wallet) },
                  ]}
                />
              ),
          },
        ]}
      />
      <Modal
        opened={shown !== undefined}
        onClose={close}
        title={shown && titles[shown.what]}
        size={shown?.what === 'transactions' ? 'lg' : 'md'}
      >
        {shown?.what === 'move' && <MoveCreditsForm wallet={shown.wallet} done={close} />}
        {shown?.what === 'change' && <WalletForm wallet={shown.wallet} done={close} />}
        {shown?.what === 'transactions' && (
          <>
            <Text size="sm" mb="sm" style={{ overflowWrap: 'anywhere' }}>
              {shown.wallet.name}
            </Text>
            <WalletTransactions wallet={shown.wallet} />
          </>
        )}
      </Modal>
    </>
  )
}
