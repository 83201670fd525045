import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { ask } from './api.ts'
import { useVoice } from './language.ts'
import { Act, type Acting, Card, Dialog, Note, Standing, useFault } from './parts.tsx'
import { Methods, methodTitle } from './portal-methods.tsx'
import { Subscriptions } from './portal-subscriptions.tsx'
import type { InvoiceSummary, Listed, Payment, PortalPage } from './types.ts'
import { codeOf } from './use-asked.ts'

/** Links to documents last a quarter of an hour, so what is shown is never older. */
const freshMs = 10 * 60_000

/** One customer's own pages: what is to be paid first, then everything else. */
export function Portal({
  page,
  reload,
}: {
  readonly page: PortalPage
  readonly reload: () => Promise<void>
}): JSX.Element {
  const { say, money } = useVoice()
  const { customer, company } = page
  const [fault, setFault] = useState<string>()
  const sayFault = useFault(company.name)
  useEffect(() => {
    const timer = setInterval(() => void reload(), freshMs)
    return () => clearInterval(timer)
  }, [reload])
  /** Does something, and shows what is so afterwards, also when it was refused. */
  const act = async (work: () => Promise<void>): Promise<void> => {
    setFault(undefined)
    try {
      await work()
    } catch (error) {
      setFault(codeOf(error))
    }
    await reload()
  }
  const name = customer.name ?? customer.email
  const unpaid = page.invoices.data.filter(({ amountDue }) => amountDue > 0)
  return (
    <>
      <h1 dir="auto">{name === null ? say('portalTitle') : say('hello', { name })}</h1>
      {fault === undefined ? null : <Note>{sayFault(fault)}</Note>}
      {unpaid.length === 0 ? null : (
        <Card label={say('toPay')}>
          <h2>{say('toPay')}</h2>
          {unpaid.map((invoice) => (
            <Unpaid key={invoice.id} invoice={invoice} page={page} act={act} />
          ))}
        </Card>
      )}
      {customer.balance > 0 ? (
        <Card label={say('balance')}>
          <h2>{say('balance')}</h2>
          <p class="amount small">{money(customer.balance, customer.currency)}</p>
          <p class="quiet">{say('balanceHint')}</p>
        </Card>
      ) : null}
      <Subscriptions page={page} act={act} />
      <Methods page={page} act={act} />
      <Invoices key={newestOf(page.invoices)} first={page.invoices} />
      <Payments key={newestOf(page.payments)} first={page.payments} />
    </>
  )
}

/** A list that has grown or changed at its head begins anew. */
function newestOf({ data }: Listed<{ id: string; status: string }>): string {
  return data.map(({ id, status }) => `${id} ${status}`).join()
}

function Unpaid({
  invoice,
  page,
  act,
}: {
  readonly invoice: InvoiceSummary
  readonly page: PortalPage
  readonly act: Acting
}): JSX.Element {
  const { say, money, day } = useVoice()
  const [isAsking, setAsking] = useState(false)
  const amount = money(invoice.amountDue, invoice.currency)
  const saved = page.methods.find(({ isDefault }) => isDefault) ?? page.methods[0]
  return (
    <div class="row">
      <div>
        <strong>{amount}</strong> <Standing invoice={invoice} />
        <small>
          <bdi>{invoice.number}</bdi>
          {invoice.dueDate === null
            ? null
            : ` · ${say(invoice.isOverdue ? 'overdueSince' : 'dueBy', { date: day(invoice.dueDate) })}`}
        </small>
      </div>
      {saved ? (
        <Act kind="main" onPress={() => setAsking(true)}>
          {say('pay', { amount })}
        </Act>
      ) : (
        <a class="button main" href={invoice.payUrl}>
          {say('pay', { amount })}
        </a>
      )}
      {isAsking && saved ? (
        <Dialog title={say('pay', { amount })} onClose={() => setAsking(false)}>
          <div class="stack">
            <Act
              kind="main"
              onPress={async () => {
                setAsking(false)
                await act(async () => {
                  await ask('POST', `/invoices/${invoice.id}/pay`, { paymentMethodId: saved.id })
                  location.assign(invoice.payUrl)
                })
              }}
            >
              {say('payWithSaved', { method: methodTitle(saved, say) })}
            </Act>
            <a class="button" href={invoice.payUrl}>
              {say('payOtherwise')}
            </a>
            <Act onPress={() => setAsking(false)}>{say('close')}</Act>
          </div>
        </Dialog>
      ) : null}
    </div>
  )
}

/** A list that goes on where its first part ended. */
function useMore<T>(path: string, first: Listed<T>) {
  const [rest, setRest] = useState<T[]>([])
  const [cursor, setCursor] = useState(first.meta.nextCursor)
  const more = async (): Promise<void> => {
    if (cursor === null) return
    const next = await ask<Listed<T>>('GET', `${path}?cursor=${encodeURIComponent(cursor)}`)
    setRest((before) => [...before, ...next.data])
    setCursor(next.meta.nextCursor)
  }
  return { all: [...first.data, ...rest], more: cursor === null ? undefined : more }
}

function Invoices({ first }: { readonly first: Listed<InvoiceSummary> }): JSX.Element {
  const { say, money, day } = useVoice()
  const { all, more } = useMore('/invoices', first)
  return (
    <Card label={say('invoices')}>
      <h2>{say('invoices')}</h2>
      {all.length === 0 ? <p class="quiet">{say('noInvoices')}</p> : null}
      <ul>
        {all.map((invoice) => (
          <li key={invoice.id} class="row">
            <div>
              <a href={invoice.payUrl}>
                <bdi>{invoice.number}</bdi>
              </a>
              <small>{invoice.issuedOn === null ? null : day(invoice.issuedOn)}</small>
            </div>
            <div class="end">
              <span>{money(invoice.total, invoice.currency)}</span>
              <Standing invoice={invoice} />
              <a
                href={invoice.pdfUrl}
                target="_blank"
                rel="noopener"
                aria-label={`PDF, ${say('invoice', { number: invoice.number ?? '' })}`}
              >
                PDF
              </a>
            </div>
          </li>
        ))}
      </ul>
      {more ? <Act onPress={more}>{say('more')}</Act> : null}
    </Card>
  )
}

const paymentWords = {
  PENDING: ['statusProcessing', 'open'],
  PROCESSING: ['statusProcessing', 'open'],
  SUCCEEDED: ['statusSucceeded', 'good'],
  FAILED: ['statusFailedPayment', 'bad'],
  REFUNDED: ['statusRefunded', ''],
} as const

function Payments({ first }: { readonly first: Listed<Payment> }): JSX.Element {
  const { say, money, day } = useVoice()
  const { all, more } = useMore('/payments', first)
  return (
    <Card label={say('payments')}>
      <h2>{say('payments')}</h2>
      {all.length === 0 ? <p class="quiet">{say('noPayments')}</p> : null}
      <ul>
        {all.map((payment) => {
          const [word, kind] = paymentWords[payment.status]
          return (
            <li key={payment.id} class="row">
              <div>
                {money(payment.amount, payment.currency)}
                <small>{day(payment.createdOn)}</small>
              </div>
              <span class={`badge ${kind}`}>{say(word)}</span>
            </li>
          )
        })}
      </ul>
      {more ? <Act onPress={more}>{say('more')}</Act> : null}
    </Card>
  )
}
