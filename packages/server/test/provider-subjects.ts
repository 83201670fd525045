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
    faultPath: '/transaction/charge_authorization',
    addressOf: ({ secretKey = '' }, url) => [secretKey, url],
    forged: {
      headers: {
        'content-type': 'application/json',
        'x-paystack-signature': createHmac('sha512', 'guessed').update('{}').digest('hex'),
      },
      body: '{}',
    },
    keepsMethods: true,
    declineEndsPage: true,
    partialRefunds: true,
  },
  {
    name: 'FLUTTERWAVE',
    currency: 'GHS',
    price: 1234.5,
    units: '1234.5',
    credentials: () => {
      const own = secret()
      return { secretKey: `FLWSECK_TEST-${own}`, secretHash: `hash of ${own}` }
    },
    wrong: [{ secretKey: 'FLWSECK_TEST-invalid00', secretHash: '0123456789abcdef' }, /secretKey/],
    malformed: [{ secretKey: 'FLWSECK-0123456789', secretHash: 'short' }, 'credentials.secretHash'],
    tokens: {
      succeeds: 'flw-t1nf-simsucceeds-m03k',
      soft: 'flw-t1nf-siminsufficient-m03k',
      hard: 'flw-t1nf-simexpired-m03k',
      pending: 'flw-t1nf-simpending-m03k',
    },
    addressOf: ({ secretKey = '', secretHash = '' }, url) => [secretKey, `${secretHash}|${url}`],
    forged: {
      headers: { 'content-type': 'application/json', 'verif-hash': 'a guess at the hash' },
      body: '{"event":"charge.completed"}',
    },
    keepsMethods: true,
    declineEndsPage: true,
    partialRefunds: true,
  },
  {
    name: 'STRIPE',
    currency: 'UGX',
    price: 180000,
    // Stripe has hundredths of a shilling, which the currency has not.
    units: '18000000',
    credentials: () => {
      const own = secret()
      return { secretKey: `sk_test_${own}`, webhookSecret: `whsec_${own}000000` }
    },
    wrong: [{ secretKey: 'sk_test_invalid000', webhookSecret: 'whsec_0123456789abcdef' }, /secretKey/],
    malformed: [
      { secretKey: 'sk_live_0123456789', webhookSecret: '0123456789abcdef01234' },
      'credentials.webhookSecret',
    ],
    tokens: {
      succeeds: 'cus_sim pm_simsucceeds',
      soft: 'cus_sim pm_siminsufficient',
      hard: 'cus_sim pm_simexpired',
      pending: 'cus_sim pm_simpending',
    },
    faultPath: '/payment_intents',
    addressOf: ({ secretKey = '', webhookSecret = '' }, url) => [secretKey, `${webhookSecret}|${url}`],
    forged: {
      headers: { 'content-type': 'application/json', 'stripe-signature': 't=1700000000,v1=00ff' },
      body: '{"type":"payment_intent.succeeded"}',
    },
    keepsMethods: true,
    repeatsItself: true,
    anyCurrency: true,
    declineEndsPage: false,
    partialRefunds: true,
  },
  {
    name: 'MPESA',
    currency: 'KES',
    price: 1500,
    units: '1500',
    credentials: () => {
      const own = secret()
      return {
        consumerKey: own,
        consumerSecret: `${own}s`,
        shortCode: '174379',
        passkey: `pass ${own}`,
        initiatorName: 'simulated',
        securityCredential: 'A'.repeat(344),
      }
    },
    wrong: [
      { consumerKey: 'siminvalid', consumerSecret: 'sim000000', shortCode: '174379', passkey: 'x' },
      /consumerKey/,
    ],
    malformed: [
      { consumerKey: 'a', consumerSecret: 'b', shortCode: 'till', passkey: 'c' },
      'credentials.shortCode',
    ],
    tokens: {
      succeeds: '254712345600',
      soft: '254712345601',
      hard: '254712345632',
      pending: '254712345699',
      hardCode: 'customer_cancelled',
    },
    addressOf: null,
    forged: null,
    phone: '254712345678',
    faultPath: '/mpesa/stkpush',
    type: 'MOBILE_MONEY',
    keepsMethods: false,
    declineEndsPage: true,
    partialRefunds: false,
  },
  {
    name: 'PESAPAL',
    currency: 'TZS',
    price: 24999.5,
    units: '24999.5',
    credentials: () => {
      const own = secret()
      return { consumerKey: own, consumerSecret: `${own}s` }
    },
    wrong: [{ consumerKey: 'siminvalid', consumerSecret: 'sim000000' }, /consumerKey/],
    malformed: [{ consumerKey: 'a' }, 'credentials.consumerSecret'],
    tokens: null,
    // Its notices are not signed either: the address has a proof.
    addressOf: null,
    forged: null,
    keepsMethods: false,
    declineEndsPage: true,
    partialRefunds: false,
  },
  {
    name: 'DPO',
    currency: 'UGX',
    price: 180000,
    // Two digits behind the point, which the currency has not.
    units: '180000.00',
    credentials: () => ({
      companyToken: `00000000-0000-4000-8000-${secret().slice(3)}`,
      serviceType: '3854',
    }),
    wrong: [{ companyToken: '9F416C11-127B-4DE2-AC7F-D5710E4C5E0A', serviceType: '3854' }, /companyToken/],
    malformed: [{ companyToken: 'a token', serviceType: '3854' }, 'credentials.companyToken'],
    tokens: {
      succeeds: 'SIMSUCCEEDS',
      soft: 'SIMINSUFFICIENT',
      hard: 'SIMEXPIRED',
      pending: 'SIMPENDING',
    },
    addressOf: ({ companyToken = '' }, url) => [companyToken, url],
    forged: null,
    faultPath: '/API/v6/chargeTokenRecurrent',
    keepsMethods: true,
    anyCurrency: true,
    declineEndsPage: true,
    partialRefunds: true,
    tellsOfRefunds: false,
  },
  {
    name: 'PAYU',
    currency: 'ZAR',
    price: 3499.9,
    units: '349990',
    credentials: () => {
      const own = secret()
      return {
        soapUsername: own,
        soapPassword: `${own}s`,
        safeKey: `{00000000-0000-4000-8000-${own.slice(3)}}`,
      }
    },
    wrong: [
      {
        soapUsername: 'siminvalid',
        soapPassword: 'sim000000',
        safeKey: '{00000000-0000-4000-8000-000000000000}',
      },
      /soapUsername/,
    ],
    malformed: [{ soapUsername: 'a', soapPassword: 'b', safeKey: 'no braces' }, 'credentials.safeKey'],
    tokens: {
      succeeds: 'SIMSUCCEEDS',
      soft: 'SIMINSUFFICIENT',
      hard: 'SIMEXPIRED',
      pending: 'SIMPENDING',
    },
    addressOf: null,
    forged: null,
    faultPath: '/service/PayUAPI/doTransaction',
    keepsMethods: true,
    declineEndsPage: true,
    partialRefunds: true,
  },
]
