import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { ask } from './api.ts'
import { useVoice } from './language.ts'
import { Act, type Acting, Card, Dialog } from './parts.tsx'
import type { Method, PortalPage } from './types.ts'

type Say = ReturnType<typeof useVoice>['say']

const kinds = {
  CARD: 'cardMethod',
  BANK_ACCOUNT: 'bank',
  MOBILE_MONEY: 'phone',
  WALLET: 'walletMethod',
} as const

/** `Visa •••• 4242`. */
export function methodTitle({ type, brand, last4 }: Method, say: Say): string {
  const name = brand === null ? say(kinds[type]) : brand.charAt(0).toUpperCase() + brand.slice(1)
  return last4 === null ? name : `${name} •••• ${last4}`
}

/** What is charged by itself, and what else is saved. */
export function Methods({ page, act }: { readonly page: PortalPage; readonly act: Acting }): JSX.Element {
  const { say } = useVoice()
  const [leaving, setLeaving] = useState<Method>()
  return (
    <Card label={say('methods')}>
      <h2>{say('methods')}</h2>
      {page.methods.length === 0 ? <p class="quiet">{say('noMethods')}</p> : null}
      <ul>
        {page.methods.map((method) => (
          <li key={method.id} class="row">
            <div>
              <bdi>{methodTitle(method, say)}</bdi>
              <small>{endOf(method, say)}</small>
            </div>
            <div class="end">
              {method.isDefault ? (
                <span class="badge good">{say('main')}</span>
              ) : (
                <Act
                  kind="small"
                  label={`${say('makeMain')}: ${methodTitle(method, say)}`}
                  onPress={() => act(() => ask<void>('POST', `/payment-methods/${method.id}/prefer`, {}))}
                >
                  {say('makeMain')}
                </Act>
              )}
              <Act
                kind="small"
                label={`${say('remove')}: ${methodTitle(method, say)}`}
                onPress={() => setLeaving(method)}
              >
                {say('remove')}
              </Act>
            </div>
          </li>
        ))}
      </ul>
      {leaving ? (
        <Dialog
          title={say('removeTitle', { method: methodTitle(leaving, say) })}
          onClose={() => setLeaving(undefined)}
        >
          <p>{say('removeHint')}</p>
          <div class="stack">
            <Act
              kind="danger"
              onPress={async () => {
                setLeaving(undefined)
                await act(() => ask<void>('DELETE', `/payment-methods/${leaving.id}`))
              }}
            >
              {say('remove')}
            </Act>
            <Act onPress={() => setLeaving(undefined)}>{say('close')}</Act>
          </div>
        </Dialog>
      ) : null}
    </Card>
  )
}

function endOf({ expMonth, expYear }: Method, say: Say): string {
  if (expMonth === null || expYear === null) return ''
  return say('expires', { date: `${String(expMonth).padStart(2, '0')}/${expYear}` })
}
