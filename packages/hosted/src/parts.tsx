import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { ask } from './api.ts'
import { type Language, languages, useVoice } from './language.ts'
import type { Company, InvoiceSummary } from './types.ts'

type Children = { readonly children: ComponentChildren }

/** The page around everything: who bills, that it is a test, and the language. */
export function Frame({
  company,
  onLanguage,
  children,
  wide = false,
}: Children & {
  readonly company: Company | undefined
  readonly onLanguage: (language: Language) => void
  readonly wide?: boolean
}): JSX.Element {
  const { say, language } = useVoice()
  return (
    <>
      <header class="top">
        <div class={wide ? 'inner wide' : 'inner'}>
          {company ? <Who company={company} /> : <span class="who" />}
          {company?.isTest ? <span class="badge test">{say('testMode')}</span> : null}
        </div>
      </header>
      <main class={wide ? 'inner wide' : 'inner'}>{children}</main>
      <footer class={wide ? 'inner wide' : 'inner'}>
        <label class="language">
          <span class="hidden">{say('language')}</span>
          <select value={language} onChange={(event) => onLanguage(event.currentTarget.value as Language)}>
            {Object.entries(languages).map(([code, name]) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {company?.returnUrl ? (
          <a href={company.returnUrl} rel="noreferrer">
            {say('backTo', { company: company.name })}
          </a>
        ) : null}
      </footer>
    </>
  )
}

/** The logo comes by itself after everything that matters; until then, and without one, the name. */
function Who({ company }: { readonly company: Company }): JSX.Element {
  const [logo, setLogo] = useState<string | null>(null)
  useEffect(() => {
    if (!company.hasLogo) return
    ask<{ logo: string | null }>('GET', '/logo').then(
      (answer) => setLogo(answer.logo),
      () => setLogo(null),
    )
  }, [company.hasLogo])
  if (logo !== null) return <img class="logo" src={logo} alt={company.name} />
  return (
    <span class="who" dir="auto">
      {company.name}
    </span>
  )
}

export function Card({ children, label }: Children & { readonly label?: string }): JSX.Element {
  return (
    <section class="card" aria-label={label}>
      {children}
    </section>
  )
}

/** Something happened, or did not: a sign, a title, a sentence, and what to do about it. */
export function Outcome({
  kind,
  title,
  children,
}: {
  readonly kind: 'good' | 'bad' | 'quiet' | 'busy'
  readonly title: string
  readonly children?: ComponentChildren
}): JSX.Element {
  return (
    <section class="card outcome" role="status">
      <Sign kind={kind} />
      <h1>{title}</h1>
      {children}
    </section>
  )
}

function Sign({ kind }: { readonly kind: 'good' | 'bad' | 'quiet' | 'busy' }): JSX.Element {
  if (kind === 'busy') return <div class="spinner" aria-hidden="true" />
  const paths = {
    good: 'M14 25l7 7 14-16',
    bad: 'M24 14v13M24 33v1',
    quiet: 'M15 24h18',
  }
  return (
    <svg class={`sign ${kind}`} viewBox="0 0 48 48" aria-hidden="true">
      <circle cx="24" cy="24" r="22" />
      <path d={paths[kind]} />
    </svg>
  )
}

export function Note({
  children,
  kind = 'bad',
}: Children & { readonly kind?: 'bad' | 'quiet' }): JSX.Element {
  return (
    <p class={`note ${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
      {children}
    </p>
  )
}

/** A button that waits for what it does and cannot be pressed meanwhile. */
export function Act({
  children,
  onPress,
  kind = 'plain',
  disabled = false,
  label,
}: Children & {
  readonly onPress: () => Promise<void> | void
  readonly kind?: 'main' | 'plain' | 'danger' | 'small'
  readonly disabled?: boolean
  readonly label?: string
}): JSX.Element {
  const [busy, setBusy] = useState(false)
  const press = async (): Promise<void> => {
    setBusy(true)
    try {
      await onPress()
    } finally {
      setBusy(false)
    }
  }
  return (
    <button
      type="button"
      class={kind}
      disabled={busy || disabled}
      aria-busy={busy}
      aria-label={label}
      onClick={() => void press()}
    >
      {children}
    </button>
  )
}

/** Does something, then shows how things are, or why it was not done. */
export type Acting = (work: () => Promise<void>) => Promise<void>

/** A question over the page; the browser keeps the keyboard in it and closes it by Escape. */
export function Dialog({
  title,
  onClose,
  children,
}: Children & { readonly title: string; readonly onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onClose={onClose}>
      <h2 id="dialog-title" dir="auto">
        {title}
      </h2>
      {children}
    </dialog>
  )
}

const faultWords = {
  offline: 'offline',
  checkout_unavailable: 'unavailable',
  payment_in_progress: 'inProgress',
  portal_action_off: 'notAllowed',
  provider_not_configured: 'noWays',
  invoice_not_payable: 'changed',
  subscription_already_canceled: 'changed',
  subscription_not_canceling: 'changed',
  plan_unchanged: 'changed',
  payment_method_not_found: 'changed',
} as const

/** Why something did not happen, in words that say what to do. */
export function useFault(company: string): (code: string) => string {
  const { say } = useVoice()
  return (code) =>
    say(Object.hasOwn(faultWords, code) ? faultWords[code as keyof typeof faultWords] : 'otherError', {
      company,
    })
}

/** An invoice's standing, in a word and a colour. */
export function Standing({
  invoice,
}: {
  readonly invoice: Pick<InvoiceSummary, 'status' | 'isOverdue'>
}): JSX.Element {
  const { say } = useVoice()
  if (invoice.status === 'PAID') return <span class="badge good">{say('statusPaid')}</span>
  if (invoice.status === 'VOID') return <span class="badge">{say('statusVoid')}</span>
  if (invoice.status === 'UNCOLLECTIBLE') return <span class="badge">{say('statusUncollectible')}</span>
  if (invoice.isOverdue) return <span class="badge bad">{say('statusOverdue')}</span>
  if (invoice.status === 'FAILED') return <span class="badge bad">{say('statusFailed')}</span>
  return <span class="badge open">{say('statusOpen')}</span>
}

/** Grey where the text will be. */
export function Skeleton(): JSX.Element {
  return (
    <section class="card" aria-busy="true">
      <div class="ghost short" />
      <div class="ghost tall" />
      <div class="ghost" />
      <div class="ghost short" />
    </section>
  )
}
