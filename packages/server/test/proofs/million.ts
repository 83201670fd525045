import pg from 'pg'
import type { TestServer } from '../harness.ts'
import { stored } from '../payment-story.ts'

/** A subscription and what belongs to it, which is copied. */
export type Original = { readonly customerId: string; readonly id: string; readonly environmentId: string }

const uuidOf = (n: string): string => `('00000000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`
const own = uuidOf('n')

/** What differs from copy to copy; all other columns are those of the original, whatever they are. */
const copies: Readonly<Record<string, { of: string; share: number; columns: Record<string, string> }>> = {
  customers: {
    of: 't.id = $2',
    share: 0.2,
    columns: { id: own, email: `'copy' || n || '@example.com'`, name: `'Copy ' || n` },
  },
  subscriptions: {
    of: 't.id = $3',
    share: 1,
    columns: { id: own, customer_id: own, payment_method_id: own },
  },
  payment_methods: { of: 't.customer_id = $2', share: 0.2, columns: { id: own, customer_id: own } },
  invoices: {
    of: 't.subscription_id = $3',
    share: 0.2,
    columns: {
      id: own,
      customer_id: own,
      subscription_id: own,
      number: `'COPY-2025-' || lpad(n::text, 7, '0')`,
    },
  },
  invoice_lines: {
    of: 't.invoice_id in (select id from invoices where subscription_id = $3)',
    share: 0.2,
    columns: { id: own, invoice_id: own, deferral: `'FOLDED'` },
  },
  payments: {
    of: 't.customer_id = $2',
    share: 0.2,
    columns: {
      id: own,
      invoice_id: own,
      customer_id: own,
      payment_method_id: own,
      reference: `'copy' || n`,
      provider_transaction_id: `'copy' || n`,
    },
  },
}

/** Tables that a large installation holds much in. */
export const largeTables = Object.keys(copies)

/**
 * Copies one subscription to so many, over ten environments of which the original's is one; one in five with its
 * customer, invoice, line, payment and method. Constraints are not asked: the rows are as the program wrote them,
 * but for their keys.
 */
export async function copyTo(
  server: Pick<TestServer, 'databaseUrl'>,
  count: number,
  original: Original,
): Promise<void> {
  const owner = new pg.Client({ connectionString: server.databaseUrl })
  await owner.connect()
  try {
    await owner.query('set session_replication_role = replica')
    for (const [table, { of, share, columns }] of Object.entries(copies)) {
      const { rows } = await owner.query<{ name: string }>(
        `select column_name as name from information_schema.columns
         where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'`,
        [table],
      )
      const chosen = rows.map(({ name }) =>
        name === 'environment_id'
          ? `case when (n - 1) / ${count / 10} = 0 then $1::uuid else ${uuidOf(`(n - 1) / ${count / 10}`)} end`
          : (columns[name] ?? `t.${name}`),
      )
      // In one environment after the other, so that every index grows at its end; the original's comes first.
      await owner.query(
        `insert into ${table} (${rows.map(({ name }) => name).join(', ')})
         select ${chosen.join(', ')}
         from (select * from ${table} t where t.environment_id = $1 and ${of} and ($2::uuid is not null or $3::uuid is not null) limit 1) t,
           generate_series(1, ${count}) n
         where (n - 1) % 5 < ${Math.round(share * 5)}`,
        [original.environmentId, stored(original.customerId), stored(original.id)],
      )
    }
    await owner.query('analyze')
  } finally {
    await owner.end()
  }
}
