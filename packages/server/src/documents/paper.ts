// Where letters are written on US Letter (CLDR 47, supplemental paperSize).
const letterLands = 'BZ CA CL CO CR GT MX NI PA PH PR SV US VE'.split(' ')

/** The paper of a document: the tenant's choice, or what lies in the printers of the customer's country. */
export function paperOf(choice: 'A4' | 'LETTER' | null, country: string | null): 'a4' | 'us-letter' {
  const isLetter = choice === null ? letterLands.includes(country ?? '') : choice === 'LETTER'
  return isLetter ? 'us-letter' : 'a4'
}
