import { boolean, command, instant, integer, statement, text, uuid } from '../../db/statement.ts'

const cardColumns = {
  environment_id: uuid,
  id: uuid,
  customer_id: uuid,
  exp_year: integer,
  exp_month: integer,
  created_at: instant,
  is_test: boolean,
}

const card = `m.environment_id, m.id, m.customer_id, m.exp_year, m.exp_month, m.created_at, v.kind = 'TEST' as is_test`

// The card that pays for something, and that nobody was told of.
const isAwaited = `m.is_default and m.archived_at is null and m.exp_year is not null and m.type = 'CARD'
  and m.last4 is not null and coalesce((t.settings->'emails'->>'cardExpiring')::boolean, true)
  and exists (
    select from subscriptions s
    where s.environment_id = m.environment_id and s.customer_id = m.customer_id and s.status <> 'CANCELED'
  )
  and not exists (
    select from customer_mails k
    where k.environment_id = m.environment_id and k.kind = 'CARD_EXPIRING'
      and k.occasion = 'card ' || m.id || ' ' || m.exp_year || '-' || m.exp_month
  )`

/** In real time. $1, $2: the months, as years times twelve plus the month; $3: how many; $4: whether all have a mail server. */
export const expiringCards = statement(
  'mail.expiring_cards',
  `select ${card}
   from payment_methods m
   join environments v on v.id = m.environment_id and v.clock_now is null
   join tenants t on t.id = v.tenant_id
   where m.exp_year * 12 + m.exp_month between $1::integer and $2::integer and ${isAwaited}
     and (v.kind = 'TEST' or $4::boolean or t.settings->'smtp' is not null)
   limit $3::integer`,
  cardColumns,
)

/** On clocks that were set: all that expires within 30 days from where they stand, or did. $1: how many. */
export const expiringCardsOnClocks = statement(
  'mail.expiring_cards_on_clocks',
  `select ${card}
   from environments v
   join tenants t on t.id = v.tenant_id
   join payment_methods m on m.environment_id = v.id
     and m.exp_year * 12 + m.exp_month <=
       extract(year from v.clock_now + interval '30 days') * 12 + extract(month from v.clock_now + interval '30 days') - 1
   where v.clock_now is not null and ${isAwaited}
   limit $1::integer`,
  cardColumns,
)

/** Keys that expire before $2 and still work at $1, and lasted longer than the notice is ahead ($3: seconds). */
export const expiringKeys = statement(
  'mail.expiring_keys',
  `select k.tenant_id, k.id, m.email
   from api_keys k
   join members m on m.tenant_id = k.tenant_id
     and case when exists (select from members c where c.tenant_id = k.tenant_id and c.id = k.created_by)
       then m.id = k.created_by else m.role in ('OWNER', 'ADMIN') end
   where k.revoked_at is null and k.expires_at > $1::timestamptz and k.expires_at <= $2::timestamptz
     and k.expires_at - k.created_at > make_interval(secs => $3::integer)
     and not exists (
       select from mails o where o.tenant_id = k.tenant_id and o.kind = 'key_expiring' and o.occasion = k.id::text
     )
   limit $4::integer`,
  { tenant_id: uuid, id: uuid, email: text },
)

export const insertKeyNotices = command(
  'mail.insert_key_notices',
  `insert into mails (id, tenant_id, kind, recipient, payload, occasion, due_at, created_at)
   select u.id, u.tenant_id, 'key_expiring', u.recipient, jsonb_build_object('keyId', u.key_id), u.key_id::text, $5, $5
   from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) as u (id, tenant_id, recipient, key_id)
   on conflict (tenant_id, kind, occasion, recipient) where occasion is not null do nothing`,
)
