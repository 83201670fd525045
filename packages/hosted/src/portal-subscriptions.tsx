import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { ask } from './api.ts'
import { useVoice } from './language.ts'
import { Act, type Acting, Card, Dialog, Note, useFault } from './parts.tsx'
import type { Plan, PortalPage, Preview, Subscription } from './types.ts'
import { codeOf } from './use-asked.ts'

const standings = {
  TRIALING: ['statusTrial', 'open'],
  ACTIVE: ['statusActive', 'good'],
  PAST_DUE: ['statusOverdue', 'bad'],
  PAUSED: ['statusPaused', ''],
  CANCELED: ['statusCanceled', ''],
} as const

export function Subscriptions({
  page,
  act,
}: {
  readonly page: PortalPage
  readonly act: Acting
}): JSX.Element {
  const { say } = useVoice()
  return (
    <Card label={say('subscriptions')}>
      <h2>{say('subscriptions')}</h2>
      {page.subscriptions.length === 0 ? <p class="quiet">{say('noSubscriptions')}</p> : null}
      <ul>
        {page.subscriptions.map((subscription) => (
          <One key={subscription.id} subscription={subscription} page={page} act={act} />
        ))}
      </ul>
    </Card>
  )
}

function One({
  subscription,
  page,
  act,
}: {
  readonly subscription: Subscription
  readonly page: PortalPage
  readonly act: Acting
}): JSX.Element {
  const { say, money, price, count } = useVoice()
  const [asking, setAsking] = useState<'cancel' | 'change'>()
  const { planName, status, currency, unitAmount, quantity } = subscription
  const [word, kind] = standings[status]
  const isLive = status === 'ACTIVE' || status === 'PAST_DUE' || status === 'TRIALING'
  const others = page.plans.filter((plan) => plan.currency === currency)
  const close = (): void => setAsking(undefined)
  return (
    <li class="row">
      <div>
        <strong dir="auto">{planName}</strong> <span class={`badge ${kind}`}>{say(word)}</span>
        <small>
          {quantity === 1 ? null : `${say('times', { count: count(quantity) })} `}
          {price(money(unitAmount, currency), subscription.billingInterval, subscription.intervalCount)}
        </small>
        <small>
          <When subscription={subscription} />
        </small>
      </div>
      <div class="end">
        {isLive && subscription.cancelAt === null && others.length > 0 ? (
          <Act kind="small" onPress={() => setAsking('change')}>
            {say('change')}
          </Act>
        ) : null}
        {isLive && page.mayCancel ? (
          subscription.cancelAt === null ? (
            <Act kind="small" onPress={() => setAsking('cancel')}>
              {say('cancel')}
            </Act>
          ) : (
            <Act
              kind="small"
              onPress={() => act(() => ask<void>('POST', `/subscriptions/${subscription.id}/uncancel`, {}))}
            >
              {say('uncancel')}
            </Act>
          )
        ) : null}
      </div>
      {asking === 'cancel' ? <Cancel subscription={subscription} act={act} onClose={close} /> : null}
      {asking === 'change' ? (
        <Change subscription={subscription} plans={others} page={page} act={act} onClose={close} />
      ) : null}
    </li>
  )
}

function When({ subscription }: { readonly subscription: Subscription }): JSX.Element | null {
  const { say, day } = useVoice()
  const { status, cancelAt, pending, trialEnd, currentPeriodEnd } = subscription
  if (status === 'CANCELED' || status === 'PAUSED') return null
  if (cancelAt !== null) return <>{say('endsOn', { date: day(cancelAt) })}</>
  if (pending) return <>{say('changesOn', { plan: pending.planName, date: day(pending.effectiveOn) })}</>
  if (status === 'TRIALING' && trialEnd !== null) return <>{say('trialUntil', { date: day(trialEnd) })}</>
  return currentPeriodEnd === null ? null : <>{say('renews', { date: day(currentPeriodEnd) })}</>
}

type Given = {
  readonly subscription: Subscription
  readonly act: Acting
  readonly onClose: () => void
}

function Cancel({ subscription, act, onClose }: Given): JSX.Element {
  const { say, day } = useVoice()
  const end = subscription.trialEnd ?? subscription.currentPeriodEnd
  const until = subscription.status === 'TRIALING' ? end : subscription.currentPeriodEnd
  return (
    <Dialog title={say('cancelTitle', { plan: subscription.planName })} onClose={onClose}>
      {until === null ? null : <p>{say('cancelHint', { date: day(until) })}</p>}
      <div class="stack">
        <Act
          kind="danger"
          onPress={async () => {
            onClose()
            await act(() => ask<void>('POST', `/subscriptions/${subscription.id}/cancel`, {}))
          }}
        >
          {say('cancel')}
        </Act>
        <Act onPress={onClose}>{say('keep')}</Act>
      </div>
    </Dialog>
  )
}

function Change({
  subscription,
  plans,
  page,
  act,
  onClose,
}: Given & { readonly plans: readonly Plan[]; readonly page: PortalPage }): JSX.Element {
  const { say, money, price } = useVoice()
  const [plan, setPlan] = useState<Plan>()
  const [preview, setPreview] = useState<Preview>()
  const [fault, setFault] = useState<string>()
  const sayFault = useFault(page.company.name)
  useEffect(() => {
    setPreview(undefined)
    setFault(undefined)
    if (!plan) return
    let isMeant = true
    ask<Preview>('POST', `/subscriptions/${subscription.id}/preview`, { planId: plan.id }).then(
      (answer) => (isMeant ? setPreview(answer) : undefined),
      (error: unknown) => (isMeant ? setFault(codeOf(error)) : undefined),
    )
    return () => {
      isMeant = false
    }
  }, [plan, subscription.id])
  return (
    <Dialog title={say('changeTitle')} onClose={onClose}>
      {plans.map((one) => {
        const isCurrent = one.id === subscription.planId
        return (
          <label key={one.id} class="choice">
            <input
              type="radio"
              name="plan"
              disabled={isCurrent}
              checked={one === plan}
              onChange={() => setPlan(one)}
            />
            <span>
              <bdi>{one.name}</bdi> {isCurrent ? <span class="badge">{say('current')}</span> : null}
              <small>
                {price(money(one.unitAmount, one.currency), one.billingInterval, one.intervalCount)}
              </small>
              {one.description === null ? null : <small dir="auto">{one.description}</small>}
              {one.features.map((feature) => (
                <small key={feature} dir="auto">
                  ✓ {feature}
                </small>
              ))}
            </span>
          </label>
        )
      })}
      <div aria-live="polite">{preview ? <Consequences preview={preview} /> : null}</div>
      {fault === undefined ? null : <Note>{sayFault(fault)}</Note>}
      <div class="stack">
        {plan ? (
          <Act
            kind="main"
            disabled={!preview}
            onPress={async () => {
              onClose()
              await act(() =>
                ask<void>('POST', `/subscriptions/${subscription.id}/change-plan`, { planId: plan.id }),
              )
            }}
          >
            {say('changeTo', { plan: plan.name })}
          </Act>
        ) : null}
        <Act onPress={onClose}>{say('close')}</Act>
      </div>
    </Dialog>
  )
}

/** What a change comes to: when, what it charges and what it gives back. */
function Consequences({ preview }: { readonly preview: Preview }): JSX.Element {
  const { say, money, day } = useVoice()
  const { currency, invoices, creditNotes, subscription } = preview
  const { effectiveOn } = subscription
  return (
    <>
      <p>{effectiveOn === null ? say('changeNow') : say('changeLater', { date: day(effectiveOn) })}</p>
      {invoices.length + creditNotes.length === 0 ? null : (
        <table>
          <tbody>
            {creditNotes.map(({ total }, at) => (
              <tr key={`credit ${at}`}>
                <th scope="row">{say('creditedNow')}</th>
                <td>{money(total, currency)}</td>
              </tr>
            ))}
            {invoices.map(({ total, amountDue }, at) => (
              <tr key={`charge ${at}`}>
                <th scope="row">{say('chargedNow')}</th>
                <td>
                  {money(total, currency)}
                  {amountDue === total ? null : (
                    <small>{say('pay', { amount: money(amountDue, currency) })}</small>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}
