import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import {
  Address,
  Country,
  Currency,
  Day,
  Email,
  Instant,
  TimeZone,
  WebUrl,
  closed,
  named,
  oneOf,
  orNull,
  words,
} from '../../http/shapes.ts'

/** Whether mails of a kind go out. */
const mailSwitch = (description: string) =>
  Type.Optional(Type.Boolean({ description: `${description}; true unless set` }))

const settings = {
  netPaymentTerms: Type.Integer({
    minimum: 0,
    maximum: 365,
    description: 'Days from issue to due; 30 unless set',
  }),
  invoiceGracePeriodDays: Type.Integer({
    minimum: 0,
    maximum: 90,
    description: 'Days that invoices of periods stay drafts, which can be changed; 0 unless set',
  }),
  invoicePrefix: Type.String({
    pattern: '^[A-Z0-9][A-Z0-9-]{0,11}$',
    description: 'Start of invoice numbers; INV unless set',
  }),
  invoiceFooter: words(500),
  logo: Type.String({
    maxLength: 200_000,
    pattern: '^data:image/(png|jpeg|svg\\+xml);base64,[A-Za-z0-9+/]+={0,2}$',
    description:
      'A data URL of a PNG, JPEG or SVG. It stands on what is issued from now on, and an SVG holds nothing but shapes',
  }),
  brandColor: Type.String({ pattern: '^#[0-9a-fA-F]{6}$' }),
  paperSize: oneOf(['A4', 'LETTER'], { description: 'Of documents; by the customer’s country unless set' }),
  fiscalFields: Type.Array(closed({ label: words(60), value: words(200) }), {
    maxItems: 8,
    description: 'What the law wants to see on each document, such as a number in a register of companies',
  }),
  taxId: words(50),
  address: named<Static<typeof Address>>('Address'),
  dunning: closed(
    {
      retryDays: Type.Array(Type.Integer({ minimum: 1, maximum: 90 }), {
        maxItems: 12,
        uniqueItems: true,
        description: 'Days after a charge failed on which it is tried again; [1, 3, 5, 7] unless set',
      }),
      finalAction: oneOf(['CANCEL', 'PAUSE', 'NONE'], {
        description: 'What becomes of the subscription when all retries have failed; CANCEL unless set',
      }),
    },
    { description: 'How failed charges are tried again; replaced whole' },
  ),
  emails: closed(
    {
      language: Type.Optional(
        oneOf(['en', 'fr', 'sw', 'ar', 'am', 'pt'], {
          description: 'Of mails to members, and to customers without a `locale`; en unless set',
        }),
      ),
      replyTo: Type.Optional(Email),
      invoice: mailSwitch('An invoice, with its PDF'),
      receipt: mailSwitch('A receipt for each payment, with the PDF of its invoice'),
      paymentFailed: mailSwitch('A charge that failed'),
      phonePrompt: mailSwitch('A retry that asks on the phone, two hours ahead'),
      reminder: mailSwitch('An invoice that will be due'),
      reminderDays: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 30,
          description: 'Days from the reminder to the due date; 3 unless set',
        }),
      ),
      overdue: mailSwitch('An invoice that is overdue'),
      trialEnding: mailSwitch('A trial that ends, three days ahead'),
      cardExpiring: mailSwitch('A card that expires within a month'),
      creditNote: mailSwitch('A credit note, with its PDF'),
      testEnvironments: Type.Optional(
        oneOf(['CATCH', 'SEND'], {
          description: 'Mails of test environments are kept for a look, or really sent; CATCH unless set',
        }),
      ),
    },
    { description: 'Which mails go out to customers and how they are written; replaced whole' },
  ),
  portal: closed(
    {
      cancel: Type.Optional(
        Type.Boolean({
          description: 'Whether customers may end a subscription with its period; false unless set',
        }),
      ),
      plans: Type.Optional(
        Type.Array(words(100), {
          maxItems: 20,
          uniqueItems: true,
          description: 'Codes of the plans that customers may change to; none unless set',
        }),
      ),
      returnUrl: Type.Optional(
        Type.Unsafe<string>({ ...WebUrl, description: 'Where their way back to you leads' }),
      ),
    },
    { description: 'What customers may do on their own pages; replaced whole' },
  ),
}

const smtp = {
  host: words(255),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  secure: Type.Boolean({
    description: 'TLS from the first byte, as on port 465; otherwise STARTTLS where it is offered',
  }),
  user: words(255),
  from: words(255, { description: 'Sender of mails, such as `Acme <billing@acme.example>`' }),
}

export const UpdateTenant = closed({
  name: Type.Optional(Type.String({ minLength: 2, maxLength: 100, pattern: String.raw`\S` })),
  companyName: Type.Optional(Type.String({ minLength: 2, maxLength: 200, pattern: String.raw`\S` })),
  webhookUrl: Type.Optional(orNull(WebUrl)),
  country: Type.Optional(orNull(Country)),
  currency: Type.Optional(Currency),
  timezone: Type.Optional(TimeZone),
  settings: Type.Optional(
    closed(
      {
        netPaymentTerms: Type.Optional(orNull(settings.netPaymentTerms)),
        invoiceGracePeriodDays: Type.Optional(orNull(settings.invoiceGracePeriodDays)),
        invoicePrefix: Type.Optional(orNull(settings.invoicePrefix)),
        invoiceFooter: Type.Optional(orNull(settings.invoiceFooter)),
        logo: Type.Optional(orNull(settings.logo)),
        brandColor: Type.Optional(orNull(settings.brandColor)),
        paperSize: Type.Optional(orNull(settings.paperSize)),
        fiscalFields: Type.Optional(orNull(settings.fiscalFields)),
        taxId: Type.Optional(orNull(settings.taxId)),
        address: Type.Optional(orNull(settings.address)),
        dunning: Type.Optional(orNull(settings.dunning)),
        emails: Type.Optional(orNull(settings.emails)),
        portal: Type.Optional(orNull(settings.portal)),
        smtp: Type.Optional(
          orNull(
            closed(
              {
                host: smtp.host,
                port: smtp.port,
                secure: Type.Optional(smtp.secure),
                user: Type.Optional(smtp.user),
                password: Type.Optional(
                  words(500, { description: 'Kept sealed and never shown; stays when left out' }),
                ),
                from: smtp.from,
              },
              { description: 'Your own mail server, replaced whole' },
            ),
          ),
        ),
      },
      { description: 'Merged one level deep; null takes a setting back' },
    ),
  ),
})
export type UpdateTenant = Static<typeof UpdateTenant>

/** A tenant's settings as stored: only what was set. Its logo is kept beside. */
export type TenantSettings = {
  netPaymentTerms?: number
  invoiceGracePeriodDays?: number
  invoicePrefix?: string
  invoiceFooter?: string
  brandColor?: string
  paperSize?: 'A4' | 'LETTER'
  fiscalFields?: { label: string; value: string }[]
  taxId?: string
  address?: Static<typeof Address>
  dunning?: Static<typeof settings.dunning>
  emails?: Static<typeof settings.emails>
  portal?: Static<typeof settings.portal>
  smtp?: SmtpSettings
}

/** A tenant's own mail server; its password is sealed beside. */
type SmtpSettings = { host: string; port: number; secure: boolean; user: string | null; from: string }

export const Tenant = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    companyName: Type.String(),
    email: Type.String({ description: "The owner's address" }),
    country: orNull(Type.String()),
    currency: Type.String(),
    timezone: Type.String(),
    webhookUrl: orNull(Type.String()),
    settings: Type.Object({
      netPaymentTerms: Type.Optional(settings.netPaymentTerms),
      invoiceGracePeriodDays: Type.Optional(settings.invoiceGracePeriodDays),
      invoicePrefix: Type.Optional(settings.invoicePrefix),
      invoiceFooter: Type.Optional(settings.invoiceFooter),
      logo: Type.Optional(settings.logo),
      brandColor: Type.Optional(settings.brandColor),
      paperSize: Type.Optional(settings.paperSize),
      fiscalFields: Type.Optional(settings.fiscalFields),
      taxId: Type.Optional(settings.taxId),
      address: Type.Optional(settings.address),
      dunning: Type.Optional(settings.dunning),
      emails: Type.Optional(settings.emails),
      portal: Type.Optional(settings.portal),
      smtp: Type.Optional(
        Type.Object({
          host: smtp.host,
          port: smtp.port,
          secure: smtp.secure,
          user: orNull(smtp.user),
          from: smtp.from,
          hasPassword: Type.Boolean(),
        }),
      ),
    }),
    rateLimitPerMinute: Type.Integer(),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Tenant' },
)
export type Tenant = Static<typeof Tenant>

export const TenantUsage = Type.Object(
  {
    customers: Type.Integer({ description: 'Customers in all environments' }),
    subscriptions: Type.Integer({ description: 'Subscriptions that are not canceled' }),
    invoices: Type.Integer(),
    members: Type.Integer(),
    apiKeys: Type.Array(
      Type.Object({
        id: Type.String(),
        name: Type.String(),
        lastUsedAt: orNull(Instant),
        total: Type.Integer({ description: 'Requests in the last 90 days' }),
        days: Type.Array(Type.Object({ day: Day, requests: Type.Integer() }), {
          description: 'UTC days with requests, oldest first',
        }),
      }),
    ),
  },
  { $id: 'TenantUsage' },
)
export type TenantUsage = Static<typeof TenantUsage>

export const Clock = Type.Object(
  {
    now: Instant,
    followsRealTime: Type.Boolean(),
    target: orNull(Instant),
    status: oneOf(['IDLE', 'RUNNING', 'FAILED']),
    progress: Type.Number({ minimum: 0, maximum: 1, description: 'Share of the way to the target' }),
    error: orNull(Type.String()),
  },
  { $id: 'Clock' },
)
export type Clock = Static<typeof Clock>

export const Environment = Type.Object(
  {
    id: Type.String(),
    kind: oneOf(['LIVE', 'TEST']),
    name: Type.String(),
    clock: named<Clock>('Clock'),
    createdAt: Instant,
  },
  { $id: 'Environment' },
)
export type Environment = Static<typeof Environment>

export const CreateEnvironment = closed({ name: words(100) })
export const ListEnvironments = closed(pageQuery)
