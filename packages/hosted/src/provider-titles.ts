const titles: Readonly<Record<string, string>> = {
  MPESA: 'M-Pesa',
  DPO: 'DPO Pay',
  PAYU: 'PayU',
}

/** A provider as its customers know it. */
export function providerTitle(name: string): string {
  return titles[name] ?? name.charAt(0) + name.slice(1).toLowerCase()
}
