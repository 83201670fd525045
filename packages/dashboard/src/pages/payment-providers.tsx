import { Alert, Button, Modal, Paper, Skeleton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconBuildingBank, IconPlus } from '@tabler/icons-react'
import { type ReactNode, Suspense, lazy, useState } from 'react'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { ProviderForm } from '../forms/provider-form.tsx'
import { Heading } from '../parts/heading.tsx'
import { Empty, Failure } from '../parts/states.tsx'
import type { PaymentProvider } from '../types.ts'
import { usePlace } from '../visit.ts'

const ProviderOrder = lazy(() =>
  import('../parts/provider-order.tsx').then((parts) => ({ default: parts.ProviderOrder })),
)

/** The tenant's accounts at payment providers, in the order in which they are asked. */
export function PaymentProviders(): ReactNode {
  const { environment, mayWrite } = usePlace()
  const [isAdding, adding] = useDisclosure()
  const [changed, setChanged] = useState<PaymentProvider>()
  const { data, error, refetch } = useData<Page<PaymentProvider>>('/payment-providers', { limit: 100 })
  const accounts = data?.data.toSorted(
    (a, b) => a.priority - b.priority || a.createdAt.localeCompare(b.createdAt),
  )
  const add = mayWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={adding.open}>
      Add an account
    </Button>
  ) : undefined
  return (
    <>
      <Heading
        title="Payment providers"
        about="Your accounts at those who collect money for you. The first that takes the currency and the country is asked; where it surely did nothing, the next."
      >
        {add}
      </Heading>
      {environment.kind === 'TEST' && (
        <Alert color="gray" mb="md" p="xs">
          Test environments have the sandbox as well. It needs no account and moves no money.
        </Alert>
      )}
      {error && !accounts ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : !accounts ? (
        <Skeleton height={160} />
      ) : accounts.length === 0 ? (
        <Paper withBorder>
          <Empty icon={IconBuildingBank} title="No accounts yet" action={add}>
            With an account at a provider, saved cards are charged by themselves and customers can pay on a
            page or on their phones.
          </Empty>
        </Paper>
      ) : (
        <Suspense fallback={<Skeleton height={160} />}>
          <ProviderOrder accounts={accounts} change={setChanged} />
        </Suspense>
      )}
      <Modal opened={isAdding} onClose={adding.close} title="Add an account at a provider">
        <ProviderForm
          priority={Math.max(0, ...(accounts ?? []).map(({ priority }) => priority)) + 1}
          done={adding.close}
        />
      </Modal>
      <Modal opened={changed !== undefined} onClose={() => setChanged(undefined)} title="Change the account">
        {changed && (
          <ProviderForm account={changed} priority={changed.priority} done={() => setChanged(undefined)} />
        )}
      </Modal>
    </>
  )
}
