import { Button, Group, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { WalletForm } from '../forms/wallet-form.tsx'
import type { Customer, Wallet } from '../types.ts'
import { usePlace } from '../visit.ts'
import { WalletList } from './wallet-list.tsx'

/** The wallets of one customer, and the way to another. */
export function CustomerWallets({
  customer,
  page,
  turnTo,
}: {
  customer: Customer
  page: number
  turnTo: (page: number) => void
}): ReactNode {
  const { mayWrite } = usePlace()
  const [isOpening, opening] = useDisclosure()
  const answer = useData<Page<Wallet>>(`/customers/${customer.id}/wallets`, { page, limit: 20 })
  return (
    <>
      {mayWrite && (
        <Group justify="flex-end" mb="sm">
          <Button size="xs" variant="light" onClick={opening.open}>
            Open a wallet
          </Button>
        </Group>
      )}
      <WalletList answer={answer} page={page} turnTo={turnTo} action={undefined} />
      <Modal opened={isOpening} onClose={opening.close} title="Open a wallet">
        <WalletForm customer={customer} done={opening.close} />
      </Modal>
    </>
  )
}
