import { Button, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { fieldErrors, useDeed } from '../ask.ts'
import type { MovedCredits, Wallet } from '../types.ts'
import { usePlace } from '../visit.ts'

const kinds = [
  { value: 'paidCredits', label: 'Sell them: an invoice, and they are there when it is paid' },
  { value: 'grantedCredits', label: 'Give them away, there at once' },
  { value: 'voidedCredits', label: 'Take them away' },
]

/** Tops a wallet up, or takes credits out of it. */
export function MoveCreditsForm({ wallet, done }: { wallet: Wallet; done: () => void }): ReactNode {
  const { api } = usePlace()
  const { run, isRunning } = useDeed()
  const form = useForm({ initialValues: { kind: 'paidCredits', credits: '' } })
  return (
    <form
      onSubmit={form.onSubmit(({ kind, credits }) =>
        run({
          act: () =>
            api.post<MovedCredits>('/wallets/transactions', { walletId: wallet.id, [kind]: credits }),
          said: kind === 'paidCredits' ? 'The invoice is issued' : 'Done',
          after: done,
          refused: (error) =>
            form.setErrors({ credits: Object.values(fieldErrors(error))[0] ?? error.message }),
        }),
      )}
    >
      <Stack>
        <Select label="What" allowDeselect={false} data={kinds} {...form.getInputProps('kind')} />
        <TextInput
          label="Credits"
          inputMode="decimal"
          required
          data-autofocus
          {...form.getInputProps('credits')}
        />
        <Text size="xs" c="dimmed">
          One credit is worth {wallet.creditRate} {wallet.currency}.
        </Text>
        <Button type="submit" loading={isRunning}>
          Do it
        </Button>
      </Stack>
    </form>
  )
}
