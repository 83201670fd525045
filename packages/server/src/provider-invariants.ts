import { type Invariant, invariant } from './invariant.ts'

/** What has to hold of money that came through payment providers. */
export const providerInvariants: readonly Invariant[] = [
  invariant(
    'retries_go_on',
    'every failed invoice whose retries are not over has a day for the next, or a charge under way',
    `select d.environment_id, 'invoice ' || i.number as place,
       'is ' || i.status || ' after ' || d.step || ' retries and waits for nothing' as fault
     from dunnings d
     join invoices i on i.environment_id = d.environment_id and i.id = d.invoice_id
     where d.ended_at is null and d.due_at is null and i.status in ('PENDING', 'FAILED')
       and not exists (
         select from payments p
         where p.environment_id = d.environment_id and p.invoice_id = d.invoice_id
           and p.status in ('PENDING', 'PROCESSING', 'UNKNOWN')
       )`,
  ),
  invariant(
    'dispute_of_paid',
    'every dispute is of a payment that has succeeded, over no more than was paid',
    `select d.environment_id, 'payment ' || p.reference as place,
       'is ' || p.status || ' over ' || p.amount_minor || ' and disputed over ' || d.amount_minor as fault
     from payment_disputes d
     join payments p on p.environment_id = d.environment_id and p.id = d.payment_id
     where p.status not in ('SUCCEEDED', 'REFUNDED') or d.amount_minor > p.amount_minor`,
  ),
  invariant(
    'checkout_is_paid',
    'every completed checkout has brought one payment, of its invoice, its account and its amount',
    `select s.environment_id, 'checkout ' || s.reference as place,
       'is completed with a payment that is ' || coalesce(p.status || ' over ' || p.amount_minor, 'not there') as fault
     from checkout_sessions s
     left join payments p on p.environment_id = s.environment_id and p.id = s.payment_id
     where s.status = 'COMPLETED'
       and (p.status is null or p.status not in ('SUCCEEDED', 'REFUNDED') or p.amount_minor <> s.amount_minor
         or p.currency <> s.currency or p.invoice_id <> s.invoice_id or p.provider_id is distinct from s.provider_id
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
