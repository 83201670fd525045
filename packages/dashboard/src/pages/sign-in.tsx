import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { type ReactNode, useState } from 'react'
import { CardPage } from '../parts/card-page.tsx'
import { ToPage } from '../parts/to-page.tsx'
import { useSignInWith } from '../sign-in-with.ts'

export function SignIn(): ReactNode {
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '', password: '', totpCode: '' } })
  const [needsCode, setNeedsCode] = useState(false)
  const wrong = needsCode
    ? 'This e-mail, password and code do not go together. Each code works once.'
    : undefined
  const { send, isSending } = useSignInWith('/dashboard/session', form, wrong, () => setNeedsCode(true))
  return (
    <CardPage title="Sign in">
      <form
        onSubmit={form.onSubmit(({ totpCode, ...values }) =>
          send(needsCode ? { ...values, totpCode } : values),
        )}
      >
        <Stack>
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
            autoComplete="current-password"
            required
            {...form.getInputProps('password')}
            key={form.key('password')}
          />
          {needsCode && (
            <TextInput
              label="Code"
              description="The six digits of your authenticator app, or a recovery code"
              autoComplete="one-time-code"
              required
              autoFocus
              {...form.getInputProps('totpCode')}
              key={form.key('totpCode')}
            />
          )}
          <Button type="submit" loading={isSending} fullWidth>
            Sign in
          </Button>
          <Group justify="space-between">
            <ToPage to="/forgot-password">Forgot the password?</ToPage>
            <ToPage to="/register">Open an account</ToPage>
          </Group>
        </Stack>
      </form>
    </CardPage>
  )
}
