import { type Invariant, invariant } from './invariant.ts'

/** What has to hold of usage that is billed. */
export const chargeInvariants: readonly Invariant[] = [
  invariant(
    'usage_is_billed_once',
    'no stretch of the usage of a subscription is billed twice',
    `select environment_id, 'subscription ' || subscription_id as place,
       'has usage billed from ' || period_from || ' that is billed up to ' || billed_to as fault
     from (
       select environment_id, subscription_id, period_from,
         max(period_to) over (partition by environment_id, subscription_id order by period_from, period_to
           rows between unbounded preceding and 1 preceding) as billed_to
       from usage_closings
     ) windows
     where period_from < billed_to`,
  ),
  invariant(
    'usage_is_remembered',
    'what is remembered as billed of usage is what its lines bill',
    `select r.environment_id, 'usage of subscription ' || r.subscription_id || ' from ' || r.window_from as place,
       'is remembered as ' || r.billed[1] / r.billed[2] || ' for charge ' || r.charge_id || ', while its lines bill '
         || coalesce(l.billed, 0) as fault
     from usage_ratings r
     left join (
       select l.environment_id, i.subscription_id, l.period_start,
         coalesce(l.derivation->'usage'->>'charge', l.derivation->'minimum'->>'charge')::uuid as charge_id,
         sum((l.derivation->'exact'->>0)::numeric / (l.derivation->'exact'->>1)::numeric) as billed
       from invoice_lines l
       join invoices i on i.environment_id = l.environment_id and i.id = l.invoice_id
       where l.type in ('USAGE', 'COMMITMENT', 'CORRECTION')
       group by l.environment_id, i.subscription_id, l.period_start, charge_id
     ) l on l.environment_id = r.environment_id and l.subscription_id = r.subscription_id
       and l.period_start = r.window_from and l.charge_id = r.charge_id
     where abs(r.billed[1] / r.billed[2] - coalesce(l.billed, 0)) > 0.000001`,
  ),
  invariant(
    'usage_lines_are_closed',
    'every line of usage is of a stretch that is remembered as billed',
    `select l.environment_id, 'invoice line ' || l.id as place, 'is of usage that may be billed again' as fault
     from invoice_lines l
     join invoices i on i.environment_id = l.environment_id and i.id = l.invoice_id
     left join usage_closings k on k.environment_id = i.environment_id and k.subscription_id = i.subscription_id
       and k.period_from = l.period_start and k.period_to = l.period_end
     where l.type = 'USAGE' and k.environment_id is null and not exists (
       select from usage_advances a
       where a.environment_id = i.environment_id and a.subscription_id = i.subscription_id
         and a.window_from = l.period_start and a.charge_id = (l.derivation->'usage'->>'charge')::uuid
     )`,
  ),
  invariant(
    'usage_ahead_is_remembered',
    'what is remembered as invoiced of usage before its period ended is what its lines bill',
    `select a.environment_id, 'usage of subscription ' || a.subscription_id || ' from ' || a.window_from as place,
       'is remembered as ' || a.billed[1] / a.billed[2] || ' invoiced ahead for charge ' || a.charge_id
         || ', while its lines bill ' || coalesce(l.billed, 0) as fault
     from usage_advances a
     left join (
       select l.environment_id, i.subscription_id, l.period_start, (l.derivation->'usage'->>'charge')::uuid as charge_id,
         sum((l.derivation->'exact'->>0)::numeric / (l.derivation->'exact'->>1)::numeric) as billed
       from invoice_lines l
       join invoices i on i.environment_id = l.environment_id and i.id = l.invoice_id
       where l.type = 'USAGE' and (l.derivation->'earlier'->>'roundedDown')::boolean
       group by l.environment_id, i.subscription_id, l.period_start, charge_id
     ) l on l.environment_id = a.environment_id and l.subscription_id = a.subscription_id
       and l.period_start = a.window_from and l.charge_id = a.charge_id
     where a.billed[1] / a.billed[2] <> coalesce(l.billed, 0)`,
  ),
  invariant(
    'own_prices_are_own',
    'a price that is a customer’s own is paid by that customer alone',
    `select s.environment_id, 'subscription ' || s.id as place,
       'pays, or is to pay, what is the own price of customer ' || p.customer_id as fault
     from prices p
     join subscriptions s on s.environment_id = p.environment_id and s.plan_id = p.plan_id
       and p.id in (s.price_id, s.next_price_id)
     where p.customer_id <> s.customer_id
     union all
     select r.environment_id, 'usage of subscription ' || r.subscription_id || ' from ' || r.window_from,
       'is billed by a price of charge ' || r.charge_id || ' that is not its customer’s own'
     from usage_ratings r
     join subscriptions s on s.environment_id = r.environment_id and s.id = r.subscription_id
     left join charge_overrides o on o.environment_id = r.environment_id and o.charge_id = r.charge_id
       and o.revision = r.own_revision and o.customer_id = s.customer_id and not o.removed
     where r.own_revision is not null and o.environment_id is null`,
  ),
  invariant(
    'commitments_are_remembered',
    'what is remembered as topped up to a commitment is what its line bills',
    `select r.environment_id, 'commitment of subscription ' || r.subscription_id || ' from ' || r.window_from as place,
       'is remembered as topped up by ' || r.topped[1] / r.topped[2] || ', while its line bills '
         || coalesce(l.billed, 0) as fault
     from commitment_ratings r
     left join (
       select l.environment_id, i.subscription_id, l.period_start,
         sum((l.derivation->'exact'->>0)::numeric / (l.derivation->'exact'->>1)::numeric) as billed
       from invoice_lines l
       join invoices i on i.environment_id = l.environment_id and i.id = l.invoice_id
       where l.type = 'COMMITMENT' and l.derivation->'minimum'->>'charge' is null
       group by l.environment_id, i.subscription_id, l.period_start
     ) l on l.environment_id = r.environment_id and l.subscription_id = r.subscription_id
       and l.period_start = r.window_from
     where abs(r.topped[1] / r.topped[2] - coalesce(l.billed, 0)) > 0.000001`,
  ),
]
