/** A country's general tax on sales. `rate` and those of its components are decimals of percent. */
export type StandardTax = {
  readonly country: string
  readonly name: string
  readonly code: string
  readonly rate: string
  readonly components?: readonly { readonly name: string; readonly code: string; readonly rate: string }[]
}

/** The month the table was last looked through. Rates change: who charges them looks them up with the authority. */
export const standardTaxesAsOf = '2026-01'

const vat = (country: string, rate: string, name = 'VAT'): StandardTax => ({
  country,
  name,
  code: `${name.toLowerCase().replaceAll(/[^a-z]/g, '')}_${country.toLowerCase()}`,
  rate,
})

/** Standard rates to begin with, by country. The United States have no such tax of the whole country. */
export const standardTaxes: readonly StandardTax[] = [
  vat('CI', '18', 'TVA'),
  vat('CM', '19.25', 'TVA'),
  vat('DZ', '19', 'TVA'),
  vat('EG', '14'),
  vat('ET', '15'),
  {
    country: 'GH',
    name: 'VAT and levies',
    code: 'vat_gh',
    rate: '20',
    components: [
      { name: 'VAT', code: 'vat_gh_vat', rate: '15' },
      { name: 'NHIL', code: 'vat_gh_nhil', rate: '2.5' },
      { name: 'GETFund levy', code: 'vat_gh_getfund', rate: '2.5' },
    ],
  },
  vat('KE', '16'),
  vat('MA', '20', 'TVA'),
  vat('NG', '7.5'),
  vat('RW', '18'),
  vat('SN', '18', 'TVA'),
  vat('TZ', '18'),
  vat('UG', '18'),
  vat('ZA', '15'),
  vat('ZM', '16'),
  vat('GB', '20'),
  vat('AT', '20'),
  vat('BE', '21'),
  vat('BG', '20'),
  vat('CY', '19'),
  vat('CZ', '21'),
  vat('DE', '19'),
  vat('DK', '25'),
  vat('EE', '24'),
  vat('ES', '21'),
  vat('FI', '25.5'),
  vat('FR', '20', 'TVA'),
  vat('GR', '24'),
  vat('HR', '25'),
  vat('HU', '27'),
  vat('IE', '23'),
  vat('IT', '22'),
  vat('LT', '21'),
  vat('LU', '17', 'TVA'),
  vat('LV', '21'),
  vat('MT', '18'),
  vat('NL', '21'),
  vat('PL', '23'),
  vat('PT', '23'),
  vat('RO', '21'),
  vat('SE', '25'),
  vat('SI', '22'),
  vat('SK', '23'),
]
