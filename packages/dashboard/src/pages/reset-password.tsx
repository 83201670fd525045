import { Button, PasswordInput, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ApiError, account } from '../api.ts'
import { fieldErrors, showRefusal } from '../ask.ts'
import { CardPage } from '../parts/card-page.tsx'
import { ToPage } from '../parts/to-page.tsx'
import { mailedToken } from '../sign-in-with.ts'

export function ResetPassword(): ReactNode {
  const [token] = useState(mailedToken)
  const form = useForm({ mode: 'uncontrolled', initialValues: { newPassword: '' } })
  const { mutate, data, isPending } = useMutation({
    mutationFn: (body: { newPassword: string }) =>
      account.post<{ message: string }>('/auth/reset-password', { ...body, token }),
    onError: (error) => {
      if (!(error instanceof ApiError)) throw error
      if (error.faults.length > 0) form.setErrors(fieldErrors(error))
      else showRefusal(error)
    },
  })
  return (
    <CardPage title="Set a new password" about="It ends every session that is open elsewhere.">
      {data ? (
        <Stack>
          <Text size="sm" role="status">
            {data.message}
          </Text>
          <ToPage to="/sign-in">Sign in</ToPage>
        </Stack>
      ) : (
        <form onSubmit={form.onSubmit((values) => mutate(values))}>
          <Stack>
            <PasswordInput
              label="New password"
              description="At least 8 characters; a few words are best"
              autoComplete="new-password"
              required
              {...form.getInputProps('newPassword')}
              key={form.key('newPassword')}
            />
            <Button type="submit" loading={isPending} disabled={token === ''} fullWidth>
              Set it
            </Button>
            {token === '' && (
              <Text size="sm" c="red">
                The link is not whole. Open it again from the mail.
              </Text>
            )}
          </Stack>
        </form>
      )}
    </CardPage>
  )
}
