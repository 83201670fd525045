import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { type ReactNode, useState } from 'react'
import { CardPage } from '../parts/card-page.tsx'
import { mailedToken, useSignInWith } from '../sign-in-with.ts'

export function AcceptInvitation(): ReactNode {
  const [token] = useState(mailedToken)
  const form = useForm({ mode: 'uncontrolled', initialValues: { name: '', password: '' } })
  const { send, isSending } = useSignInWith('/dashboard/accept-invitation', form)
  return (
    <CardPage title="Join your team" about="You were invited; choose how to sign in.">
      <form onSubmit={form.onSubmit((values) => send({ ...values, token }))}>
        <Stack>
          <TextInput
            label="Your name"
            autoComplete="name"
            required
            {...form.getInputProps('name')}
            key={form.key('name')}
          />
          <PasswordInput
            label="Password"
            description="At least 8 characters; a few words are best"
            autoComplete="new-password"
            required
            {...form.getInputProps('password')}
            key={form.key('password')}
          />
          <Button type="submit" loading={isSending} disabled={token === ''} fullWidth>
            Join
          </Button>
          {token === '' && (
            <Text size="sm" c="red">
              The link is not whole. Open it again from the mail.
            </Text>
          )}
        </Stack>
      </form>
    </CardPage>
  )
}
