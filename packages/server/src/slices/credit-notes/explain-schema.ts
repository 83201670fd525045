import { Type, type Static } from 'typebox'
import { Instant, oneOf, orNull } from '../../http/shapes.ts'
import { creditBases } from './derivation.ts'

const digits = (description: string) => Type.String({ description })
const minor = 'In minor units of the currency'

const Unused = Type.Object(
  {
    units: digits('Of the plan, that are given back'),
    unitMinor: digits('The price of one for a whole period, in minor units'),
    zone: Type.String({ description: 'Whose days are counted' }),
    unit: oneOf(['DAY', 'SECOND']),
    part: digits('Days, or seconds, that are left unused'),
    whole: digits('Days, or seconds, of the whole period'),
    from: Instant,
    to: Instant,
    exactMinor: Type.Object(
      { numerator: Type.String(), denominator: Type.String() },
      {
        description:
          'Units × price × part ÷ whole, exactly; rounded once over the invoice, half up, by largest remainder',
      },
    ),
  },
  { description: 'What a change of the subscription leaves unused; null where an amount was asked for' },
)

export const CreditNoteExplanation = Type.Object(
  {
    version: Type.Literal(1),
    kind: Type.Literal('CREDIT_NOTE'),
    id: Type.String(),
    number: Type.String(),
    invoiceId: Type.String(),
    currency: Type.String(),
    issuedAt: Instant,
    zone: Type.String({ description: "The customer's, whose year is in the number" }),
    basis: oneOf(creditBases, {
      description:
        'What was asked for: amounts of lines, a total of all of them, or the unused rest of a period',
    }),
    mostMinor: digits('What was left of the invoice, with taxes'),
    lines: Type.Array(
      Type.Object({
        lineId: Type.String({ description: 'Of the invoice' }),
        description: Type.String(),
        leftMinor: digits('What was left of it to credit, before its discount'),
        discountLeftMinor: digits('The discount that was left within it'),
        unused: orNull(Unused),
        amountMinor: digits(minor),
        discountMinor: digits('discountLeft × amount ÷ left, to the nearest minor unit'),
      }),
      { description: 'All lines of the invoice, also those that nothing is credited of' },
    ),
    taxes: Type.Array(
      Type.Object({
        lines: Type.Array(Type.Integer(), { description: 'The places of the lines it was charged on' }),
        leftMinor: digits('What was left of it to credit'),
        taxMinor: digits('left × net credited ÷ net left of its lines, to the nearest minor unit'),
      }),
    ),
    subtotalMinor: digits(minor),
    discountMinor: digits(minor),
    taxMinor: digits(minor),
    totalMinor: digits(minor),
    settledMinor: digits('Off what was owed on the invoice'),
    refundMinor: digits('Back the way it was paid'),
    balanceMinor: digits("To the customer's balance"),
  },
  { $id: 'CreditNoteExplanation' },
)
export type CreditNoteExplanation = Static<typeof CreditNoteExplanation>
