/** A dated life over the API, and what it comes to. Amounts in minor units of KES, of the plan's price unless said. */
export type Story = {
  readonly id: string
  readonly words: string
  /** Where others come to another result: whose rule it is and why ours differs. */
  readonly ours?: string
  readonly start: string
  readonly zone?: string
  readonly plan: { readonly minor: number; readonly [field: string]: unknown }
  readonly subscription?: object
  readonly steps: readonly Step[]
  readonly totals: readonly number[]
  readonly credits?: readonly number[]
  /** First days of the invoices' periods, in the customer's zone. */
  readonly from?: readonly string[]
}

export type Step = {
  readonly at: string
  /** How many invoices there are once the clock is there, before anything is asked for. */
  readonly invoices?: number
  readonly call?: 'cancel' | 'pause' | 'resume'
  readonly body?: object
  readonly changeTo?: { readonly minor: number; readonly [field: string]: unknown }
  readonly quantity?: number
}

const now = { effective: 'now' }
const calendar = { billingAnchor: 'CALENDAR' }

export const stories: readonly Story[] = [
  {
    id: 'A07',
    words: 'up and down again at one instant is nothing',
    start: '2024-01-01T00:00:00Z',
    plan: { minor: 3500 },
    steps: [
      { at: '2024-01-16T00:00:00Z', changeTo: { minor: 12_000 } },
      { at: '2024-01-16T00:00:00Z', changeTo: { minor: 3500, ...now } },
    ],
    totals: [3500, 6194, 1806],
    credits: [1806, 6194],
  },
  {
    id: 'A12',
    words: 'from 100 to 300 in the middle of June',
    start: '2025-06-01T00:00:00Z',
    plan: { minor: 10_000 },
    steps: [{ at: '2025-06-16T00:00:00Z', changeTo: { minor: 30_000 } }],
    totals: [10_000, 15_000],
    credits: [5000],
  },
  {
    id: 'A12',
    words: 'from 100 to 300 after a third of June',
    start: '2025-06-01T00:00:00Z',
    plan: { minor: 10_000 },
    steps: [{ at: '2025-06-11T00:00:00Z', changeTo: { minor: 30_000 } }],
    totals: [10_000, 20_000],
    credits: [6667],
  },
  {
    id: 'A13',
    words: 'the same through a leap February of 29 days',
    start: '2024-02-18T00:00:00Z',
    plan: { minor: 10_000 },
    steps: [{ at: '2024-02-25T00:00:00Z', changeTo: { minor: 30_000 } }],
    totals: [10_000, 22_759],
    credits: [7586],
  },
  {
    id: 'A16',
    words: 'from a month to a year: half a month is given back, a whole year begins',
    start: '2025-06-01T00:00:00Z',
    plan: { minor: 10_000 },
    steps: [{ at: '2025-06-16T00:00:00Z', changeTo: { minor: 100_000, billingInterval: 'YEARLY', ...now } }],
    totals: [10_000, 100_000],
    credits: [5000],
    from: ['2025-06-01', '2025-06-16'],
  },
  {
    id: 'A22',
    words: 'a year that costs less by the month waits for the end of the month, and then is a whole one',
    ours: 'one product keeps the yearly anchor of the first start and charges 243 of 366 days; with us another interval begins a period of its own',
    start: '2023-07-19T00:00:00Z',
    plan: { minor: 12_900 },
    steps: [
      { at: '2023-11-09T00:00:00Z', invoices: 4, changeTo: { minor: 118_800, billingInterval: 'YEARLY' } },
      { at: '2023-11-18T23:59:59Z', invoices: 4 },
      { at: '2023-11-20T00:00:00Z', invoices: 5 },
    ],
    totals: [12_900, 12_900, 12_900, 12_900, 118_800],
  },
  {
    id: 'A25',
    words: 'canceled on the day it begins, one day of 29 stays billed',
    start: '2024-02-01T03:00:00Z',
    plan: { minor: 2900 },
    steps: [{ at: '2024-02-01T18:00:00Z', call: 'cancel', body: { cancelAt: 'now' } }],
    totals: [2900],
    credits: [2800],
  },
  {
    id: 'A29',
    words: 'two changes on two days, and then a whole month',
    start: '2012-05-01T00:00:00Z',
    plan: { minor: 59_995 },
    steps: [
      { at: '2012-05-07T00:00:00Z', changeTo: { minor: 995, ...now } },
      { at: '2012-05-08T00:00:00Z', changeTo: { minor: 2995, ...now } },
      { at: '2012-06-01T00:00:00Z' },
    ],
    totals: [59_995, 802, 2319, 2995],
    credits: [48_383, 770],
  },
  {
    id: 'A30',
    words: 'from free to paid in the middle of February, half up',
    start: '2017-02-01T00:00:00Z',
    plan: { minor: 0 },
    steps: [{ at: '2017-02-15T00:00:00Z', changeTo: { minor: 2995 } }],
    totals: [0, 1498],
  },
  {
    id: 'A33',
    words: 'each document is rounded by itself: 5.48 back and 10.97 more',
    start: '2025-03-01T00:00:00Z',
    plan: { minor: 1000 },
    steps: [{ at: '2025-03-15T00:00:00Z', changeTo: { minor: 2000 } }],
    totals: [1000, 1097],
    credits: [548],
  },
  {
    id: 'A34',
    words: 'five seats more: what is added is invoiced',
    ours: 'others credit the five and charge ten, which nets to the same 27.42',
    start: '2025-03-01T00:00:00Z',
    plan: { minor: 1000 },
    subscription: { quantity: 5 },
    steps: [{ at: '2025-03-15T00:00:00Z', quantity: 10 }],
    totals: [5000, 2742],
  },
  {
    id: 'B01',
    words: 'the 31st through fourteen months does not drift',
    start: '2023-01-31T00:00:00Z',
    plan: { minor: 100 },
    steps: [{ at: '2024-03-31T00:00:00Z' }],
    totals: Array.from({ length: 15 }, () => 100),
    from: [
      '2023-01-31',
      '2023-02-28',
      '2023-03-31',
      '2023-04-30',
      '2023-05-31',
      '2023-06-30',
      '2023-07-31',
      '2023-08-31',
      '2023-09-30',
      '2023-10-31',
      '2023-11-30',
      '2023-12-31',
      '2024-01-31',
      '2024-02-29',
      '2024-03-31',
    ],
  },
  {
    id: 'B03',
    words: 'the 28th stays the 28th',
    start: '2022-02-28T00:00:00Z',
    plan: { minor: 100 },
    steps: [{ at: '2022-05-01T00:00:00Z' }],
    totals: [100, 100, 100],
    from: ['2022-02-28', '2022-03-28', '2022-04-28'],
  },
  {
    id: 'B05',
    words: 'the 30th goes through a leap February and back',
    start: '2024-01-30T00:00:00Z',
    plan: { minor: 100 },
    steps: [{ at: '2024-04-30T00:00:00Z' }],
    totals: [100, 100, 100, 100],
    from: ['2024-01-30', '2024-02-29', '2024-03-30', '2024-04-30'],
  },
  {
    id: 'B08',
    words: 'a quarter of the calendar begins with its rest',
    start: '2024-01-10T00:00:00Z',
    plan: { minor: 9100, billingInterval: 'QUARTERLY' },
    subscription: calendar,
    steps: [{ at: '2024-07-01T00:00:00Z' }],
    totals: [8200, 9100, 9100],
    from: ['2024-01-10', '2024-04-01', '2024-07-01'],
  },
  {
    id: 'B10',
    words: 'every two months from the last of December',
    start: '2023-12-31T00:00:00Z',
    plan: { minor: 100, intervalCount: 2 },
    steps: [{ at: '2024-06-30T00:00:00Z' }],
    totals: [100, 100, 100, 100],
    from: ['2023-12-31', '2024-02-29', '2024-04-30', '2024-06-30'],
  },
  {
    id: 'B11',
    words: '29 February yearly is the 28th until it is the 29th again',
    start: '2024-02-29T00:00:00Z',
    plan: { minor: 100, billingInterval: 'YEARLY' },
    steps: [{ at: '2028-03-01T00:00:00Z' }],
    totals: [100, 100, 100, 100, 100],
    from: ['2024-02-29', '2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29'],
  },
  {
    id: 'C01',
    words: 'one instant is Thursday in Denver: four days of the week',
    start: '2023-06-16T05:00:00Z',
    zone: 'America/Denver',
    plan: { minor: 700, billingInterval: 'WEEKLY' },
    subscription: calendar,
    steps: [],
    totals: [400],
  },
  {
    id: 'C01',
    words: 'and Friday in Halifax: three days of the week',
    start: '2023-06-16T05:00:00Z',
    zone: 'America/Halifax',
    plan: { minor: 700, billingInterval: 'WEEKLY' },
    subscription: calendar,
    steps: [],
    totals: [300],
  },
  {
    id: 'C03',
    words: 'a month of the calendar begins at midnight in Kolkata, once',
    start: '2023-01-31T18:30:00Z',
    zone: 'Asia/Kolkata',
    plan: { minor: 100 },
    subscription: calendar,
    steps: [
      { at: '2023-02-28T18:00:00Z', invoices: 1 },
      { at: '2023-02-28T19:00:00Z', invoices: 2 },
      { at: '2023-03-01T00:00:00Z', invoices: 2 },
      { at: '2023-03-01T19:00:00Z', invoices: 2 },
    ],
    totals: [100, 100],
  },
  {
    id: 'C05',
    words: 'and in Bogota, where it is still February at midnight UTC',
    start: '2023-02-02T19:00:00Z',
    zone: 'America/Bogota',
    plan: { minor: 2800 },
    subscription: calendar,
    steps: [
      { at: '2023-03-01T00:00:00Z', invoices: 1 },
      { at: '2023-03-01T05:00:00Z', invoices: 2 },
      { at: '2023-03-02T05:00:00Z', invoices: 2 },
    ],
    totals: [2700, 2800],
  },
  {
    id: 'C06',
    words:
      'twenty months in Juneau after a trial, from the 1st to the 1st through three changes of the clock',
    start: '2015-09-01T08:01:01Z',
    zone: 'America/Juneau',
    plan: { minor: 24_995 },
    subscription: { trialDays: 30 },
    steps: [{ at: '2015-10-01T08:01:00Z', invoices: 0 }, { at: '2017-05-01T12:00:00Z' }],
    totals: Array.from({ length: 20 }, () => 24_995),
    from: Array.from({ length: 20 }, (_, n) =>
      Temporal.PlainDate.from('2015-10-01').add({ months: n }).toString(),
    ),
  },
  {
    id: 'C08',
    words: 'a start on the night that skips two o’clock',
    start: '2015-03-08T10:00:00Z',
    zone: 'America/Los_Angeles',
    plan: { minor: 100 },
    steps: [{ at: '2015-05-08T07:00:00Z' }],
    totals: [100, 100, 100],
    from: ['2015-03-08', '2015-04-08', '2015-05-08'],
  },
  {
    id: 'J01',
    words: 'after a trial in a month of the calendar the rest of the month is billed',
    start: '2024-03-05T12:12:00Z',
    plan: { minor: 5_000_000 },
    subscription: { ...calendar, trialDays: 10 },
    steps: [
      { at: '2024-03-15T12:02:00Z', invoices: 0 },
      { at: '2024-03-15T13:02:00Z', invoices: 1 },
    ],
    totals: [2_741_935],
  },
  {
    id: 'J02',
    words: 'another plan’s trial counts from the first start',
    start: '2024-03-05T12:12:00Z',
    plan: { minor: 5_000_000 },
    subscription: { ...calendar, trialDays: 10 },
    steps: [
      { at: '2024-03-10T00:00:00Z', changeTo: { minor: 10_000_000, trialDays: 13 } },
      { at: '2024-03-15T13:00:00Z', invoices: 0 },
      { at: '2024-03-18T13:00:00Z', invoices: 1 },
      { at: '2024-04-01T00:00:00Z', invoices: 2 },
    ],
    totals: [4_516_129, 10_000_000],
  },
  {
    id: 'J03',
    words: 'nothing is invoiced before the end of a trial',
    ours: 'others know a trial that is paid at its start; with us a trial costs nothing',
    start: '2024-01-01T00:00:00Z',
    plan: { minor: 1000 },
    subscription: { trialDays: 7 },
    steps: [
      { at: '2024-01-07T23:00:00Z', invoices: 0 },
      { at: '2024-01-08T00:00:00Z', invoices: 1 },
      { at: '2024-02-01T00:00:00Z', invoices: 1 },
    ],
    totals: [1000],
  },
  {
    id: 'J04',
    words: 'a pause that gives the rest back, and a resume after the period',
    ours: 'others keep the anchor and charge 224.96 for the rest of a month; with us a whole new period begins',
    start: '2012-03-02T00:00:00Z',
    plan: { minor: 24_995 },
    steps: [
      { at: '2012-03-04T00:00:00Z', call: 'pause', body: { creditUnused: true } },
      { at: '2012-04-05T00:00:00Z', invoices: 1, call: 'resume' },
    ],
    totals: [24_995, 24_995],
    credits: [23_382],
    from: ['2012-03-02', '2012-04-05'],
  },
  {
    id: 'J05',
    words: 'a pause within a year goes on in the same year',
    ours: 'others move the anchor to June and charge 2380.22; with us 331 of 365 days of the year under way',
    start: '2012-05-01T00:00:00Z',
    plan: { minor: 239_995, billingInterval: 'YEARLY' },
    steps: [
      { at: '2012-05-12T00:00:00Z', call: 'pause', body: { creditUnused: true } },
      { at: '2012-06-04T00:00:00Z', call: 'resume' },
    ],
    totals: [239_995, 217_639],
    credits: [232_762],
  },
  {
    id: 'J08',
    words: 'a leap February is a whole month',
    start: '2024-02-01T00:00:00Z',
    plan: { minor: 700 },
    subscription: calendar,
    steps: [{ at: '2024-02-29T23:59:59Z', invoices: 1 }],
    totals: [700],
  },
]
