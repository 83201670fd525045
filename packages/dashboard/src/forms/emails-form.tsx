import { Checkbox, NumberInput, Select, SimpleGrid, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Tenant } from '../types.ts'
import { SettingForm } from './setting-form.tsx'

const kinds = [
  ['invoice', 'Invoices'],
  ['receipt', 'Receipts'],
  ['paymentFailed', 'Charges that failed'],
  ['phonePrompt', 'Prompts on the phone, ahead'],
  ['reminder', 'Reminders before the due date'],
  ['overdue', 'Overdue invoices'],
  ['trialEnding', 'Trials that end'],
  ['cardExpiring', 'Cards that expire'],
  ['creditNote', 'Credit notes'],
] as const

const languages = [
  { value: 'en', label: 'English' },
  { value: 'fr', label: 'Français' },
  { value: 'sw', label: 'Kiswahili' },
  { value: 'ar', label: 'العربية' },
  { value: 'am', label: 'አማርኛ' },
  { value: 'pt', label: 'Português' },
]

/** Which mails go out to customers, and how they are written. */
export function EmailsForm({ emails = {} }: { emails: Tenant['settings']['emails'] }): ReactNode {
  return (
    <SettingForm
      name="emails"
      title="Mails to customers"
      about="Each is written in the language of its customer, with your name, colour and logo."
      initialValues={{
        language: emails.language ?? 'en',
        replyTo: emails.replyTo ?? '',
        reminderDays: emails.reminderDays ?? 3,
        testEnvironments: emails.testEnvironments ?? 'CATCH',
        sent: kinds.flatMap(([kind]) => (emails[kind] === false ? [] : [kind as string])),
      }}
      toSetting={({ sent, replyTo, ...rest }) => ({
        ...rest,
        ...(replyTo === '' ? {} : { replyTo }),
        ...Object.fromEntries(kinds.map(([kind]) => [kind, sent.includes(kind)])),
      })}
    >
      {(form) => (
        <>
          <Checkbox.Group label="Sent" {...form.getInputProps('sent')}>
            <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="xs" mt="xs">
              {kinds.map(([kind, label]) => (
                <Checkbox key={kind} value={kind} label={label} />
              ))}
            </SimpleGrid>
          </Checkbox.Group>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Select
              label="Language"
              description="For customers without one of their own"
              allowDeselect={false}
              data={languages}
              {...form.getInputProps('language')}
            />
            <TextInput
              label="Answers go to"
              description="The sender unless set"
              type="email"
              {...form.getInputProps('replyTo')}
            />
            <NumberInput
              label="Reminder"
              description="Days before an invoice is due"
              min={1}
              max={30}
              allowDecimal={false}
              {...form.getInputProps('reminderDays')}
            />
            <Select
              label="In test environments"
              description="What is kept is listed under Mails"
              allowDeselect={false}
              data={[
                { value: 'CATCH', label: 'kept for a look' },
                { value: 'SEND', label: 'really sent' },
              ]}
              {...form.getInputProps('testEnvironments')}
            />
          </SimpleGrid>
        </>
      )}
    </SettingForm>
  )
}
