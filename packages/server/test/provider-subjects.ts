import { createHmac } from 'node:crypto'
import { type Subject, secret } from './provider-story.ts'

/** Every provider, for the cases that all of them are held to. */
export const subjects: readonly Subject[] = [
  {
    name: 'PAYSTACK',
    currency: 'NGN',
    price: 4999.5,
    units: '499950',
    credentials: () => ({ secretKey: `sk_test_${secret()}` }),
    wrong: [{ secretKey: 'sk_test_invalid000000' }, /secretKey/],
    malformed: [{ secretKey: 'sk_live_0123456789ab' }, 'credentials.secretKey'],
    tokens: {
      succeeds: 'AUTH_simsucceeds',
      soft: 'AUTH_siminsufficient',
      hard: 'AUTH_simexpired',
      pending: 'AUTH_simpending',
    },
    addressSecret: ({ secretKey = '' }) => secretKey,
    forged: {
      headers: {
        'content-type': 'application/json',
        'x-paystack-signature': createHmac('sha512', 'guessed').update('{}').digest('hex'),
      },
      body: '{}',
    },
    keepsMethods: true,
    partialRefunds: true,
  },
]
