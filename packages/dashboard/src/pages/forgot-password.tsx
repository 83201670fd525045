import { Button, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ApiError, account } from '../api.ts'
import { showRefusal } from '../ask.ts'
import { CardPage } from '../parts/card-page.tsx'
import { ToPage } from '../parts/to-page.tsx'

export function ForgotPassword(): ReactNode {
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '' } })
  const { mutate, data, isPending } = useMutation({
    mutationFn: (body: { email: string }) => account.post<{ message: string }>('/auth/forgot-password', body),
    onError: (error) => {
      if (error instanceof ApiError) showRefusal(error)
    },
  })
  return (
    <CardPage title="Set a new password" about="We send a link to the address that you sign in with.">
      {data ? (
        <Text size="sm" role="status">
          {data.message}
        </Text>
      ) : (
        <form onSubmit={form.onSubmit((values) => mutate(values))}>
          <Stack>
            <TextInput
              label="E-mail"
              type="email"
              autoComplete="username"
              required
              {...form.getInputProps('email')}
              key={form.key('email')}
            />
            <Button type="submit" loading={isPending} fullWidth>
              Send the link
            </Button>
          </Stack>
        </form>
      )}
      <ToPage to="/sign-in">Back to sign-in</ToPage>
    </CardPage>
  )
}
