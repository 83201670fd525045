/**
 * Decimals of the minor unit where ISO 4217 has not 2 (list one). Not asked of `Intl`: it answers with CLDR's digits
 * for display, which ECMA-402 leaves to the implementation. They differ from ISO 4217 for 17 currencies (HUF, IDR,
 * PKR and COP have 0 there, IQD 0 instead of 3) and change with Node's releases, and what an exponent means for
 * stored amounts must never change.
 */
export const exponentsOtherThan2: ReadonlyMap<string, number> = new Map([
  ...decimals(0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
  ...decimals(3, 'BHD IQD JOD KWD LYD OMR TND'),
  ...decimals(4, 'CLF UYW'),
])

function decimals(exponent: number, codes: string): [string, number][] {
  return codes.split(' ').map((code) => [code, exponent])
}
