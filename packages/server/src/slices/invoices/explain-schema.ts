import { Type, type Static } from 'typebox'
import { Day, Instant, oneOf, orNull } from '../../http/shapes.ts'
import { lineTypes, termsSources } from './schema.ts'

const digits = (description: string) => Type.String({ description })
const fraction = (description: string) =>
  Type.Object({ numerator: Type.String(), denominator: Type.String() }, { description })
const minor = 'In minor units of the currency'

const ExplainedLine = Type.Object(
  {
    id: Type.String(),
    type: oneOf(lineTypes),
    description: Type.String(),
    periodStart: orNull(Instant),
    periodEnd: orNull(Instant),
    unitAmount: digits('In major units'),
    quantity: digits('How many'),
    share: orNull(
      Type.Object(
        {
          zone: Type.String({ description: 'Whose days are counted' }),
          unit: oneOf(['PERIOD', 'DAY', 'SECOND']),
          part: digits('Days, or seconds, that are charged'),
          whole: digits('Days, or seconds, of the whole period'),
          wholeStart: Instant,
          wholeEnd: Instant,
        },
        { description: 'What part of its whole period is charged; null for a line that has none' },
      ),
    ),
    usage: orNull(
      Type.Object(
        {
          model: Type.String({ description: 'The charge model' }),
          units: fraction('What was used; they choose the tier'),
          weightedUnits: orNull(
            fraction('The units weighted by the part of the period that they were there'),
          ),
          events: digits('How many events'),
          properties: Type.Unsafe<object>({
            type: 'object',
            additionalProperties: true,
            description: 'The price as it was: decimals in major units',
          }),
          steps: Type.Array(
            Type.Object({
              kind: Type.String({ description: 'As in the preview of a charge' }),
              from: orNull(Type.String()),
              upTo: orNull(Type.String()),
              quantity: fraction('How many'),
              unitPrice: digits('In major units'),
            }),
            { description: 'Quantity × unit price of each; their sum is the exact amount' },
          ),
        },
        { description: 'Of a line of usage: what was priced, and how; null for others' },
      ),
    ),
    minimum: orNull(
      Type.Object(
        {
          minor: digits('Of a whole period, in minor units'),
          reachedMinor: fraction('What the usage came to, in minor units'),
        },
        { description: 'Of a line that tops up to a minimum: minimum × share, less what was reached' },
      ),
    ),
    correction: orNull(
      Type.Object(
        {
          leastMinor: fraction('The least that the usage costs, in minor units'),
          billedMinor: fraction('What was billed of it before, in minor units'),
          committedMinor: fraction('What of it is within the minimum commitment of the plan, in minor units'),
        },
        {
          description:
            'Of a line of usage that came late: what it costs now, or the least, less what was billed before and what is within the commitment',
        },
      ),
    ),
    earlier: orNull(
      Type.Object(
        {
          billedMinor: fraction('What was invoiced of it before, in minor units'),
          roundedDown: Type.Boolean({
            description: 'The usage goes on: only whole minor units are invoiced',
          }),
        },
        {
          description:
            'Of a line of usage that is invoiced in parts, before its period ends: what it costs by now, less what was invoiced before',
        },
      ),
    ),
    exactMinor: fraction('Unit price × quantity × share, exactly, in minor units'),
    taxes: Type.Array(
      Type.Object({
        code: Type.String(),
        rate: fraction('16 % is 4/25'),
        inclusive: Type.Boolean({ description: 'Within the price' }),
      }),
    ),
    netMinor: fraction('The exact amount less the taxes within it: ÷ (1 + their rates)'),
    floorMinor: digits('The exact net amount, rounded down'),
    remainder: fraction('What rounding down left; the largest get the units that are left of the subtotal'),
    amountMinor: digits(minor),
    discountMinor: digits(minor),
  },
  { $id: 'ExplainedLine' },
)

export const InvoiceExplanation = Type.Object(
  {
    version: Type.Literal(1),
    id: Type.String(),
    number: Type.String(),
    currency: Type.String(),
    decimals: Type.Integer({ description: 'Of the minor unit of the currency' }),
    issuedAt: Instant,
    due: Type.Object({
      zone: Type.String({ description: "The customer's, in which the days of issue and due are" }),
      issuedOn: Day,
      termsDays: Type.Integer(),
      termsFrom: oneOf([...termsSources, 'INVOICE'], {
        description: 'Whose payment terms they are; INVOICE: by hand, of this one',
      }),
      dueOn: Day,
    }),
    lines: Type.Array(Type.Unsafe<Static<typeof ExplainedLine>>({ $ref: 'ExplainedLine#' })),
    rounding: Type.Object({
      exactMinor: fraction('Sum of the exact net amounts of the lines'),
      rule: Type.Literal('HALF_UP', {
        description: 'Once, on the sum; the lines get it by largest remainder',
      }),
      subtotalMinor: digits(minor),
    }),
    discounts: Type.Array(
      Type.Object({
        code: Type.String(),
        name: Type.String(),
        kind: oneOf(['PERCENTAGE', 'FIXED_AMOUNT']),
        rate: orNull(fraction('Of a percentage: 10 % is 1/10')),
        fixedMinor: orNull(digits('Of a fixed amount, in minor units')),
        lines: Type.Array(Type.Integer(), { description: 'Places of the lines it is for, from 0' }),
        amountMinor: digits('What it takes off, net'),
        lineMinor: Type.Array(digits('Net')),
      }),
      {
        description:
          'Percentages before fixed amounts, each on what the ones before it left of the prices as they are said; shared out by largest remainder',
      },
    ),
    taxes: Type.Array(
      Type.Object({
        code: Type.String(),
        name: Type.String(),
        rate: fraction('16 % is 4/25'),
        inclusive: Type.Boolean(),
        baseMinor: digits('The lines that have it, net, less their discounts'),
        taxMinor: digits(
          'Base × rate, rounded half up; of taxes within prices, what the net amounts leave of the rounded prices',
        ),
      }),
    ),
    discountMinor: digits(minor),
    taxMinor: digits(minor),
    totalMinor: digits(minor),
  },
  { $id: 'InvoiceExplanation' },
)
export type InvoiceExplanation = Static<typeof InvoiceExplanation>

export const explainSchemas = [ExplainedLine, InvoiceExplanation]
