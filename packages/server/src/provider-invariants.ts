import { type Invariant, invariant } from './invariant.ts'

/** What has to hold of money that came through payment providers. */
export const providerInvariants: readonly Invariant[] = [
  invariant(
    'checkout_is_paid',
    'every completed checkout has brought one payment, of its invoice, its account and its amount',
    `select s.environment_id, 'checkout ' || s.reference as place,
       'is completed with a payment that is ' || coalesce(p.status || ' over ' || p.amount_minor, 'not there') as fault
     from checkout_sessions s
     left join payments p on p.environment_id = s.environment_id and p.id = s.payment_id
     where s.status = 'COMPLETED'
       and (p.status is null or p.status not in ('SUCCEEDED', 'REFUNDED') or p.amount_minor <> s.amount_minor
         or p.currency <> s.currency or p.invoice_id <> s.invoice_id or p.provider_id <> s.provider_id
         or p.reference <> s.reference)`,
  ),
  invariant(
    'paid_through_own_account',
    'every payment, and every method, goes through an account at its own provider',
    `select m.environment_id, m.place, 'is of ' || m.provider || ' and goes through ' || a.provider as fault
     from (
       select environment_id, 'payment ' || reference as place, provider, provider_id from payments
       union all
       select environment_id, 'payment method ' || id, provider, provider_id from payment_methods
     ) m
     join payment_providers a on a.environment_id = m.environment_id and a.id = m.provider_id
     where a.provider <> m.provider`,
  ),
]
