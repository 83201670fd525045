import { Button, Group, NumberInput, PasswordInput, SimpleGrid, Switch, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { type ReactNode, useState } from 'react'
import { account } from '../api.ts'
import { fieldErrors, useDeed } from '../ask.ts'
import type { Tenant } from '../types.ts'
import { usePlace } from '../visit.ts'
import { SettingForm } from './setting-form.tsx'

/** The mail server that sends for this account; the installation's, if it has one, unless set. */
export function MailServerForm({ smtp }: { smtp: Tenant['settings']['smtp'] }): ReactNode {
  return (
    <SettingForm
      name="smtp"
      title="Mail server"
      about="Mails to your customers go out by your own server, or by the one of this installation unless you set one."
      initialValues={{
        host: smtp?.host ?? '',
        port: smtp?.port ?? 465,
        secure: smtp?.secure ?? true,
        user: smtp?.user ?? '',
        password: '',
        from: smtp?.from ?? '',
      }}
      toSetting={({ user, password, ...rest }) => ({
        ...rest,
        ...(user === '' ? {} : { user }),
        // Left out, the one that is kept stays.
        ...(password === '' ? {} : { password }),
      })}
      more={<TestMail />}
    >
      {(form) => (
        <>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput label="Host" placeholder="smtp.example.com" required {...form.getInputProps('host')} />
            <NumberInput
              label="Port"
              min={1}
              max={65_535}
              allowDecimal={false}
              thousandSeparator=""
              required
              {...form.getInputProps('port')}
            />
            <TextInput label="User" autoComplete="off" {...form.getInputProps('user')} />
            <PasswordInput
              label="Password"
              description={smtp?.hasPassword ? 'One is kept; leave this empty to keep it' : undefined}
              autoComplete="new-password"
              {...form.getInputProps('password')}
            />
            <TextInput
              label="Sender"
              placeholder="Acme <billing@example.com>"
              required
              {...form.getInputProps('from')}
            />
          </SimpleGrid>
          <Switch
            label="TLS from the first byte, as on port 465"
            {...form.getInputProps('secure', { type: 'checkbox' })}
          />
        </>
      )}
    </SettingForm>
  )
}

/** Sends one mail by what was saved, and says what the server said to it. */
function TestMail(): ReactNode {
  const { visit } = usePlace()
  const { run, isRunning } = useDeed()
  const form = useForm({ initialValues: { to: visit.member.email } })
  const [said, setSaid] = useState<string>()
  const send = ({ to }: { to: string }): void => {
    setSaid(undefined)
    run({
      act: () => account.post<{ message: string }>('/tenants/me/smtp/test', { to }),
      after: ({ message }) => setSaid(message),
      refused: (error) => form.setErrors(fieldErrors(error)),
    })
  }
  return (
    <form onSubmit={form.onSubmit(send)}>
      <Group align="flex-end" mt="md">
        <TextInput label="Send a test to" type="email" required {...form.getInputProps('to')} />
        <Button type="submit" variant="default" loading={isRunning}>
          Send
        </Button>
      </Group>
      {said !== undefined && (
        <Text size="sm" c="dimmed" mt="xs" role="status">
          {said}
        </Text>
      )}
    </form>
  )
}
