import { words } from './format.ts'

const names: Readonly<Record<string, string>> = { MPESA: 'M-Pesa', DPO: 'DPO', PAYU: 'PayU' }

/** What a provider calls itself. */
export function nameOfProvider(code: string): string {
  return names[code] ?? words(code)
}

/** `secretKey` as people write it. */
export function nameOfCredential(field: string): string {
  return words(field.replaceAll(/[A-Z]/g, (letter) => ` ${letter}`)).replace(/\bid\b/, 'ID')
}
