import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { InvoiceCard } from './invoice-card.tsx'
import { useVoice } from './language.ts'
import { Note, Outcome } from './parts.tsx'
import { PayForm } from './pay-form.tsx'
import { Sandbox } from './sandbox.tsx'
import type { Checkout, PayPage } from './types.ts'
import { Waiting } from './waiting.tsx'

type Given = { readonly page: PayPage; readonly reload: () => Promise<void> }

const asked = new URLSearchParams(location.search)

/** One invoice: what it is, how to pay it, how the payment goes, and that it is paid. */
export function Pay({ page, reload }: Given): JSX.Element {
  const { company, invoice, checkout, isBeingPaid } = page
  const [back, setBack] = useState(asked.get('back'))
  /** A checkout that the visitor does not wait for any more. */
  const [left, setLeft] = useState<string>()
  const [started, setStarted] = useState<string>()
  const isOpen = invoice.status === 'PENDING' || invoice.status === 'FAILED'
  if (!isOpen) return <Settled page={page} />
  if (checkout && checkout.status === 'OPEN' && asked.get('sandbox') === checkout.id && back === null)
    return <Sandbox page={page} checkout={checkout} />

  const leave = (): void => {
    setLeft(checkout?.id)
    setBack(null)
    forgetQuery()
  }
  const waitsFor = waited({ checkout, back, left })
  if (isBeingPaid || waitsFor)
    return (
      <>
        <Waiting
          isOnPhone={!isBeingPaid && waitsFor?.isOnPhone === true}
          isCharge={isBeingPaid}
          reload={reload}
          onLeave={isBeingPaid ? undefined : leave}
        />
        <InvoiceCard invoice={invoice} company={company} />
      </>
    )
  const isOwnTry = back === 'done' || started === checkout?.id
  return (
    <>
      {checkout?.status === 'FAILED' && isOwnTry ? <Failed checkout={checkout} /> : null}
      {back === 'canceled' ? <Canceled /> : null}
      <div class="columns">
        <InvoiceCard invoice={invoice} company={company} />
        <PayForm
          page={page}
          onStarted={async (id) => {
            setStarted(id)
            setBack(null)
            setLeft(undefined)
            forgetQuery()
            await reload()
          }}
          reload={reload}
        />
      </div>
    </>
  )
}

/** What came back from a provider with the address is believed by nobody, and needed once. */
function forgetQuery(): void {
  history.replaceState(null, '', location.pathname)
}

/** A page that somebody has come back from, or a prompt on a phone. One that was opened and left is begun again. */
function waited({
  checkout,
  back,
  left,
}: {
  checkout: Checkout | null
  back: string | null
  left: string | undefined
}): Checkout | undefined {
  if (checkout?.status !== 'OPEN' || checkout.id === left) return undefined
  return checkout.isOnPhone || back === 'done' ? checkout : undefined
}

function Failed({ checkout }: { readonly checkout: Checkout }): JSX.Element {
  const { say } = useVoice()
  const { failureCode } = checkout
  const why =
    failureCode === 'insufficient_funds'
      ? 'failedMoney'
      : failureCode === 'card_declined' || failureCode === 'expired_instrument'
        ? 'failedDeclined'
        : 'failedOther'
  return (
    <Note>
      <strong>{say('failedTitle')}.</strong> {say(why)}
    </Note>
  )
}

function Canceled(): JSX.Element {
  const { say } = useVoice()
  return <Note kind="quiet">{say('canceled')}</Note>
}

function Settled({ page: { invoice, company } }: { readonly page: PayPage }): JSX.Element {
  const { say } = useVoice()
  const parts = { number: invoice.number ?? '', company: company.name }
  if (invoice.status === 'PAID')
    return (
      <>
        <Outcome kind="good" title={say('paidTitle')}>
          <p>{say('paidHint', parts)}</p>
          <a class="button" href={invoice.pdfUrl} target="_blank" rel="noopener">
            {say('openReceipt')}
          </a>
        </Outcome>
        <InvoiceCard invoice={invoice} company={company} />
      </>
    )
  const isVoid = invoice.status === 'VOID'
  return (
    <>
      <Outcome kind="quiet" title={say(isVoid ? 'voidTitle' : 'goneTitle')}>
        <p>{say(isVoid ? 'voidHint' : 'goneHint', parts)}</p>
      </Outcome>
      <InvoiceCard invoice={invoice} company={company} />
    </>
  )
}
