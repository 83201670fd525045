import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { CardPage } from '../parts/card-page.tsx'
import { CurrencySelect } from '../parts/currency-select.tsx'
import { ToPage } from '../parts/to-page.tsx'
import { useSignInWith } from '../sign-in-with.ts'

export function Register(): ReactNode {
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: '', companyName: '', email: '', password: '', currency: 'USD' },
  })
  const { send, isSending } = useSignInWith('/dashboard/register', form)
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  return (
    <CardPage title="Open an account" about="A live and a test environment are ready at once.">
      <form onSubmit={form.onSubmit((values) => send({ ...values, timezone: timeZone }))}>
        <Stack>
          <TextInput
            label="Your name"
            autoComplete="name"
            required
            {...form.getInputProps('name')}
            key={form.key('name')}
          />
          <TextInput
            label="Company"
            autoComplete="organization"
            required
            {...form.getInputProps('companyName')}
            key={form.key('companyName')}
          />
          <CurrencySelect
            label="Main currency"
            {...form.getInputProps('currency')}
            key={form.key('currency')}
          />
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            required
            {...form.getInputProps('email')}
            key={form.key('email')}
          />
          <PasswordInput
            label="Password"
            description="At least 8 characters; a few words are best"
            autoComplete="new-password"
            required
            {...form.getInputProps('password')}
            key={form.key('password')}
          />
          <Button type="submit" loading={isSending} fullWidth>
            Open the account
          </Button>
          <ToPage to="/sign-in">I have an account</ToPage>
        </Stack>
      </form>
    </CardPage>
  )
}
