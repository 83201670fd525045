import {
  Button,
  Group,
  ColorInput,
  NumberInput,
  Select,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  TextInput,
  Textarea,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { account } from '../api.ts'
import { fieldErrors, useAccount, useDeed } from '../ask.ts'
import { EmailsForm } from '../forms/emails-form.tsx'
import { MailServerForm } from '../forms/mail-server-form.tsx'
import { PortalForm } from '../forms/portal-form.tsx'
import { RetriesForm } from '../forms/retries-form.tsx'
import { CurrencySelect } from '../parts/currency-select.tsx'
import { AuditLogExportButton, ExportButton } from '../parts/export-button.tsx'
import { Part } from '../parts/facts.tsx'
import { LogoInput } from '../parts/logo-input.tsx'
import { Heading } from '../parts/heading.tsx'
import { Failure } from '../parts/states.tsx'
import { TimeZoneSelect } from '../parts/time-zone-select.tsx'
import type { Tenant } from '../types.ts'
import { usePlace } from '../visit.ts'

const exported = [
  ['customers', 'Customers'],
  ['subscriptions', 'Subscriptions'],
  ['invoices', 'Invoices'],
  ['invoice-lines', 'Lines of invoices'],
  ['credit-notes', 'Credit notes'],
  ['payments', 'Payments'],
  ['ledger-entries', 'Ledger entries'],
] as const

export function Settings(): ReactNode {
  const { isAdmin } = usePlace()
  const { data, error, refetch } = useAccount<Tenant>('/tenants/me')
  return (
    <>
      <Heading title="Settings" about="For the whole account, in every environment." />
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {data ? <SettingForms tenant={data} /> : !error && <Skeleton height={320} />}
      <Part title="Data export">
        <Text size="sm" c="dimmed" mb="sm">
          What this environment holds, as files for spreadsheets. Lists export what their filters leave.
        </Text>
        <Group gap="xs">
          {exported.map(([noun, label]) => (
            <ExportButton key={noun} noun={noun} label={label} />
          ))}
          {isAdmin && <AuditLogExportButton label="Audit log" />}
        </Group>
      </Part>
    </>
  )
}

/** Each begins anew when what it is about was changed, so that saving one loses nothing that is typed in another. */
function SettingForms({ tenant }: { tenant: Tenant }): ReactNode {
  const { dunning, portal, emails, smtp, ...others } = tenant.settings
  const { companyName, country, currency, timezone } = tenant
  return (
    <>
      <SettingsForm
        key={JSON.stringify([companyName, country, currency, timezone, others])}
        tenant={tenant}
      />
      <RetriesForm key={keyOf('dunning', dunning)} dunning={dunning} />
      <PortalForm key={keyOf('portal', portal)} portal={portal} />
      <EmailsForm key={keyOf('emails', emails)} emails={emails} />
      <MailServerForm key={keyOf('smtp', smtp)} smtp={smtp} />
    </>
  )
}

const keyOf = (name: string, setting: object | undefined): string => `${name} ${JSON.stringify(setting)}`

function SettingsForm({ tenant }: { tenant: Tenant }): ReactNode {
  const { isAdmin } = usePlace()
  const { run, isRunning } = useDeed()
  const { settings } = tenant
  const initial = {
    companyName: tenant.companyName,
    country: tenant.country ?? '',
    currency: tenant.currency,
    timezone: tenant.timezone,
    settings: {
      taxId: settings.taxId ?? '',
      invoicePrefix: settings.invoicePrefix ?? '',
      invoiceFooter: settings.invoiceFooter ?? '',
      brandColor: settings.brandColor ?? '',
      netPaymentTerms: settings.netPaymentTerms ?? ('' as number | string),
      invoiceGracePeriodDays: settings.invoiceGracePeriodDays ?? ('' as number | string),
      paperSize: settings.paperSize ?? '',
      logo: settings.logo ?? '',
    },
  }
  const form = useForm({ initialValues: initial })
  const submit = ({ settings: changed, ...rest }: typeof initial): void => {
    const body = { ...rest, country: rest.country === '' ? null : rest.country.toUpperCase() }
    run({
      act: () =>
        account.patch('/tenants/me', {
          ...differing(body, { ...initial, country: tenant.country }),
          settings: differing(emptyToNull(changed), emptyToNull(initial.settings)),
        }),
      said: 'Saved',
      refused: (error) => form.setErrors(fieldErrors(error)),
    })
  }
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <fieldset disabled={!isAdmin} style={{ border: 0, padding: 0, margin: 0 }}>
        <Part title="Company">
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput label="Company" required {...form.getInputProps('companyName')} />
            <TextInput label="Tax number" {...form.getInputProps('settings.taxId')} />
            <TextInput label="Country" placeholder="KE" maxLength={2} {...form.getInputProps('country')} />
            <CurrencySelect label="Main currency" {...form.getInputProps('currency')} />
            <TimeZoneSelect label="Time zone" {...form.getInputProps('timezone')} />
          </SimpleGrid>
        </Part>
        <Part title="Invoices">
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              label="Numbers begin with"
              description="INV unless set; capitals, digits and -"
              {...form.getInputProps('settings.invoicePrefix')}
            />
            <NumberInput
              label="To pay within"
              description="Days from issue; 30 unless set"
              min={0}
              max={365}
              allowDecimal={false}
              {...form.getInputProps('settings.netPaymentTerms')}
            />
            <NumberInput
              label="Drafts wait for"
              description="Days in which the invoice of a period can be changed; 0 unless set"
              min={0}
              max={90}
              allowDecimal={false}
              {...form.getInputProps('settings.invoiceGracePeriodDays')}
            />
            <Select
              label="Paper"
              description="By the customer’s country unless set"
              data={['A4', 'LETTER']}
              clearable
              {...form.getInputProps('settings.paperSize')}
              value={form.values.settings.paperSize || null}
              onChange={(size) => form.setFieldValue('settings.paperSize', size ?? '')}
            />
            <LogoInput
              value={form.values.settings.logo}
              error={form.errors['settings.logo']}
              onChange={(logo) => form.setFieldValue('settings.logo', logo)}
            />
            <ColorInput
              label="Colour"
              description="On documents"
              {...form.getInputProps('settings.brandColor')}
            />
            <Textarea label="Footer" autosize {...form.getInputProps('settings.invoiceFooter')} />
          </SimpleGrid>
        </Part>
        <Stack mt="xl" align="flex-start">
          {isAdmin ? (
            <Button type="submit" loading={isRunning}>
              Save
            </Button>
          ) : (
            <Text size="sm" c="dimmed">
              Owners and admins change settings.
            </Text>
          )}
        </Stack>
      </fieldset>
    </form>
  )
}

function emptyToNull(values: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value === '' ? null : value]),
  )
}

/** Only what was changed is sent, so that two who edit at once do not undo each other. */
function differing(values: object, before: object): Record<string, unknown> {
  const known: Record<string, unknown> = { ...before }
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== known[name]))
}
