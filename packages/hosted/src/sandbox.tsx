import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { ask } from './api.ts'
import { useVoice } from './language.ts'
import { Act, Card, Note, useFault } from './parts.tsx'
import type { Checkout, PayPage } from './types.ts'
import { codeOf } from './use-asked.ts'

const outcomes = [
  ['sandbox_succeeds', 'sandboxPay', 'main'],
  ['sandbox_declined', 'sandboxDecline', 'plain'],
  ['sandbox_insufficient_funds', 'sandboxPoor', 'plain'],
  ['CANCEL', 'sandboxCancel', 'plain'],
] as const

/** Where a provider's own page would be: in a test environment somebody chooses what it does. */
export function Sandbox({
  page: { company, invoice },
  checkout,
}: {
  readonly page: PayPage
  readonly checkout: Checkout
}): JSX.Element {
  const { say, money } = useVoice()
  const [fault, setFault] = useState<string>()
  const sayFault = useFault(company.name)
  const choose = async (outcome: string): Promise<void> => {
    try {
      const { url } = await ask<{ url: string }>('POST', '/sandbox', { checkoutId: checkout.id, outcome })
      location.assign(url)
    } catch (error) {
      setFault(codeOf(error))
    }
  }
  return (
    <Card>
      <h1>{say('sandboxTitle')}</h1>
      <p class="amount">{money(invoice.amountDue, invoice.currency)}</p>
      <p class="quiet">{say('sandboxHint')}</p>
      {fault === undefined ? null : <Note>{sayFault(fault)}</Note>}
      <div class="stack">
        {outcomes.map(([outcome, word, kind]) => (
          <Act key={outcome} kind={kind} onPress={() => choose(outcome)}>
            {say(word)}
          </Act>
        ))}
      </div>
    </Card>
  )
}
