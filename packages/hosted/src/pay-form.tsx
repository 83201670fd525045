import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { ask } from './api.ts'
import { useVoice } from './language.ts'
import { Card, Note, useFault } from './parts.tsx'
import { providerTitle } from './provider-titles.ts'
import type { Checkout, PayPage, Way } from './types.ts'
import { codeOf } from './use-asked.ts'

type Choice = { readonly providerName: string; readonly isPhone: boolean }

/** The ways to pay, and the way there: to the provider's page, or a message on the phone. */
export function PayForm({
  page,
  onStarted,
  reload,
}: {
  readonly page: PayPage
  readonly onStarted: (id: string) => Promise<void>
  readonly reload: () => Promise<void>
}): JSX.Element {
  const { say, money } = useVoice()
  const { invoice, company } = page
  const choices = page.ways.flatMap(choicesOf)
  const [at, setAt] = useState(0)
  const [phone, setPhone] = useState('')
  const [isWrong, setWrong] = useState(false)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string>()
  const sayFault = useFault(company.name)
  const choice = choices[at] ?? choices[0]
  if (!choice)
    return (
      <Card>
        <p>{say('noWays', { company: company.name })}</p>
      </Card>
    )
  const amount = money(invoice.amountDue, invoice.currency)

  const pay = async (): Promise<void> => {
    const number = phone.replaceAll(/[\s().-]/g, '')
    if (choice.isPhone && !/^\+?\d{6,15}$/.test(number)) return setWrong(true)
    setWrong(false)
    setBusy(true)
    setFault(undefined)
    try {
      const started = await ask<Checkout>('POST', '/checkout', {
        providerName: choice.providerName,
        ...(choice.isPhone ? { phone: number } : {}),
      })
      if (started.url !== null) {
        location.assign(started.url)
        return
      }
      await onStarted(started.id)
      setBusy(false)
    } catch (error) {
      setFault(codeOf(error))
      setBusy(false)
      await reload()
    }
  }

  return (
    <Card>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void pay()
        }}
      >
        <fieldset disabled={busy}>
          <legend>{say('payWith')}</legend>
          {choices.map((one, index) => (
            <label key={`${one.providerName}${one.isPhone}`} class="choice">
              <input type="radio" name="way" checked={one === choice} onChange={() => setAt(index)} />
              <span>
                {say(one.isPhone ? 'phone' : 'card')}
                <small>{providerTitle(one.providerName)}</small>
              </span>
            </label>
          ))}
          {choice.isPhone ? (
            <label class="field">
              {say('phoneNumber')}
              <input
                type="tel"
                inputMode="tel"
                autocomplete="tel"
                dir="ltr"
                maxLength={24}
                value={phone}
                aria-invalid={isWrong}
                aria-describedby="phone-hint"
                onInput={(event) => setPhone(event.currentTarget.value)}
              />
              <small id="phone-hint" class={isWrong ? 'wrong' : ''}>
                {say(isWrong ? 'phoneFault' : 'phoneHint')}
              </small>
            </label>
          ) : (
            <p class="quiet">{say('pageHint', { provider: providerTitle(choice.providerName) })}</p>
          )}
        </fieldset>
        {fault === undefined ? null : <Note>{sayFault(fault)}</Note>}
        <button type="submit" class="main" disabled={busy} aria-busy={busy}>
          {busy ? say('opening') : say('pay', { amount })}
        </button>
      </form>
    </Card>
  )
}

function choicesOf({ providerName, kind }: Way): Choice[] {
  return [
    ...(kind === 'PHONE' ? [] : [{ providerName, isPhone: false }]),
    ...(kind === 'PAGE' ? [] : [{ providerName, isPhone: true }]),
  ]
}
