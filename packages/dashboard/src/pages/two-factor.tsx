import { Button, Code, Group, Modal, Paper, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { type ReactNode, Suspense, lazy, useState } from 'react'
import { account } from '../api.ts'
import { fieldErrors, useAccount, useDeed } from '../ask.ts'
import { Facts } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { NewSecret } from '../parts/new-secret.tsx'
import { Day, Status } from '../parts/show.tsx'
import { Failure } from '../parts/states.tsx'
import type { RecoveryCodes, TwoFactorEnrolment, TwoFactor as Shape } from '../types.ts'

const QrCode = lazy(() => import('../parts/qr-code.tsx').then((parts) => ({ default: parts.QrCode })))

/** The member's own second factor: begun, confirmed, and switched off. */
export function TwoFactor(): ReactNode {
  const { run, isRunning } = useDeed()
  const [enrolment, setEnrolment] = useState<TwoFactorEnrolment>()
  const [codes, setCodes] = useState<readonly string[]>()
  const [isEnding, ending] = useDisclosure()
  const { data, error, refetch } = useAccount<Shape>('/auth/two-factor')
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton height={160} />
  return (
    <>
      <Heading
        title="Two-factor sign-in"
        about="Besides your password, a code of an app on your phone: who learns the password alone gets nowhere."
      >
        {data.isOn ? (
          <Button variant="default" onClick={ending.open}>
            Switch off
          </Button>
        ) : (
          !enrolment && (
            <Button
              loading={isRunning}
              onClick={() =>
                run({
                  act: () => account.post<TwoFactorEnrolment>('/auth/two-factor'),
                  after: setEnrolment,
                })
              }
            >
              Set it up
            </Button>
          )
        )}
      </Heading>
      <Facts
        items={[
          [
            'Status',
            <Status key="status" value={data.isOn ? 'ACTIVE' : 'DRAFT'} label={data.isOn ? 'On' : 'Off'} />,
          ],
          ['Since', <Day key="since" value={data.since} withTime />],
          ['Recovery codes left', data.isOn ? data.recoveryCodesLeft : '–'],
        ]}
      />
      {enrolment && !data.isOn && (
        <Paper withBorder p="md" mt="md">
          <Group align="flex-start" gap="xl">
            <Suspense fallback={<Skeleton width={176} height={176} />}>
              <QrCode text={enrolment.uri} />
            </Suspense>
            <Stack gap="sm" style={{ flex: 1, minWidth: 240 }}>
              <Text size="sm">Scan this with an authenticator app, or enter the key by hand:</Text>
              <Code style={{ overflowWrap: 'anywhere' }} data-testid="totp-secret">
                {enrolment.secret}
              </Code>
              <CodeForm
                label="The code that the app shows now"
                action="Switch it on"
                send={(totpCode, refused) =>
                  run({
                    act: () => account.post<RecoveryCodes>('/auth/two-factor/confirm', { totpCode }),
                    after: ({ recoveryCodes }) => {
                      setEnrolment(undefined)
                      setCodes(recoveryCodes)
                    },
                    refused,
                  })
                }
                isRunning={isRunning}
              />
            </Stack>
          </Group>
        </Paper>
      )}
      <Modal
        opened={codes !== undefined}
        onClose={() => setCodes(undefined)}
        title="Your recovery codes"
        closeOnClickOutside={false}
      >
        <NewSecret
          text={(codes ?? []).join('\n')}
          about="For the day the phone is lost: each signs you in once. Keep them where your passwords are; they are shown this once."
          testId="recovery-codes"
          done={() => setCodes(undefined)}
        />
      </Modal>
      <Modal opened={isEnding} onClose={ending.close} title="Switch two-factor off">
        <CodeForm
          label="The code that the app shows now, or a recovery code"
          action="Switch it off"
          send={(totpCode, refused) =>
            run({
              act: () => account.post('/auth/two-factor/disable', { totpCode }),
              said: 'Your password alone signs you in',
              after: ending.close,
              refused,
            })
          }
          isRunning={isRunning}
        />
      </Modal>
    </>
  )
}

function CodeForm({
  label,
  action,
  send,
  isRunning,
}: {
  label: string
  action: string
  send: (code: string, refused: (error: Parameters<typeof fieldErrors>[0]) => void) => void
  isRunning: boolean
}): ReactNode {
  const form = useForm({ initialValues: { totpCode: '' } })
  return (
    <form
      onSubmit={form.onSubmit(({ totpCode }) =>
        send(totpCode.trim(), (error) => form.setErrors(fieldErrors(error))),
      )}
    >
      <Stack gap="sm" maw={320}>
        <TextInput
          label={label}
          autoComplete="one-time-code"
          required
          data-autofocus
          {...form.getInputProps('totpCode')}
        />
        <Button type="submit" loading={isRunning}>
          {action}
        </Button>
      </Stack>
    </form>
  )
}
