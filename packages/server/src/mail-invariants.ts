import { type Invariant, invariant } from './invariant.ts'

/** What has to hold of mails to customers. */
export const mailInvariants: readonly Invariant[] = [
  invariant(
    'mails_tell_of_events',
    'every mail that an event called for tells of what the event is about',
    `select m.environment_id, 'mail ' || m.id as place,
       case when e.id is null then 'is written on no event' else 'is written on ' || e.type || ' of something else' end as fault
     from customer_mails m
     left join events e
       on e.environment_id = m.environment_id and e.id = substring(m.occasion from '^event ([0-9a-f-]{36})$')::uuid
     where m.occasion like 'event %' and e.resource_id is distinct from m.subject_id`,
  ),
  invariant(
    'mails_forget_the_erased',
    'no mail keeps an address or a word of a customer who is erased',
    `select m.environment_id, 'mail ' || m.id as place, 'keeps what was written to an archived customer' as fault
     from customer_mails m
     join customers c on c.environment_id = m.environment_id and c.id = m.customer_id and c.status = 'ARCHIVED'
     where (m.recipient is not null or m.letter is not null)
       -- what the mails have not read yet, they cannot have heard of
       and not exists (
         select from events e
         join mail_readers r on r.environment_id = e.environment_id
         where e.environment_id = m.environment_id and e.resource_id = c.id and e.type = 'customer.archived'
           and (e.transaction, e.id) > (r.read_transaction, r.read_event_id))`,
  ),
]
