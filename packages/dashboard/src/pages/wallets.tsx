import { Button, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useFilters } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { WalletForm } from '../forms/wallet-form.tsx'
import { Heading } from '../parts/heading.tsx'
import { WalletList } from '../parts/wallet-list.tsx'
import type { Wallet } from '../types.ts'
import { usePlace } from '../visit.ts'

/** Credits that customers hold ahead of their invoices. */
export function Wallets(): ReactNode {
  const { mayWrite } = usePlace()
  const { page, set } = useFilters()
  const [isOpening, opening] = useDisclosure()
  const answer = useData<Page<Wallet>>('/wallets', { page, limit: 20 })
  const add = mayWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={opening.open}>
      Open a wallet
    </Button>
  ) : undefined
  return (
    <>
      <Heading title="Wallets" about="Credits that customers have ahead; invoices take from them first.">
        {add}
      </Heading>
      <WalletList answer={answer} page={page} turnTo={(next) => set({ page: next })} action={add} />
      <Modal opened={isOpening} onClose={opening.close} title="Open a wallet">
        <WalletForm done={opening.close} />
      </Modal>
    </>
  )
}
