import { Alert, Badge, Button, Code, CopyButton, Group, Menu, Paper, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { notifications } from '@mantine/notifications'
import { IconDots, IconGripVertical } from '@tabler/icons-react'
import type { HTMLAttributes, ReactNode } from 'react'
import { useDeed } from '../ask.ts'
import { nameOfProvider } from '../provider-names.ts'
import type { PaymentProvider, ProviderTest } from '../types.ts'
import { usePlace } from '../visit.ts'
import { Day, Id, Status } from './show.tsx'

/** One account at a provider: what it is for, whether its webhooks come, and what can be done with it. */
export function ProviderCard({
  account,
  handle,
  change,
}: {
  account: PaymentProvider
  /** What it is moved by; none where there is nothing to be moved past. */
  handle: HTMLAttributes<HTMLElement> | undefined
  change: () => void
}): ReactNode {
  const { api, mayWrite } = usePlace()
  const { run, isRunning } = useDeed()
  const { providerName, isActive, currencies, countries, webhook, webhookUrl } = account
  const name = nameOfProvider(providerName)
  const path = `/payment-providers/${account.id}`
  const remove = (): void =>
    void modals.openConfirmModal({
      title: `Take the account at ${name} away?`,
      children: (
        <Text size="sm">
          Nothing new is paid through it. What was paid through it is still asked about, and can be given
          back.
        </Text>
      ),
      labels: { confirm: 'Take it away', cancel: 'Keep' },
      confirmProps: { color: 'red' },
      onConfirm: () => run({ act: () => api.delete(path), said: 'Taken away' }),
    })
  const test = (): void =>
    run({
      act: () => api.post<ProviderTest>(`${path}/test`),
      after: ({ success, message }) =>
        notifications.show({
          title: success ? `${name} knows it` : `${name} does not take it`,
          message,
          color: success ? 'teal' : 'red',
          autoClose: success ? 4000 : 12_000,
        }),
    })
  return (
    <Paper withBorder p="md" mb="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap="sm" wrap="nowrap" miw={0} align="flex-start">
          {handle && (
            <div {...handle} aria-label={`Move ${name}`} style={{ cursor: 'grab', marginTop: 3 }}>
              <IconGripVertical size={18} />
            </div>
          )}
          <div style={{ minWidth: 0 }}>
            <Group gap="xs">
              <Text fw={620}>{name}</Text>
              <Status value={isActive ? 'ACTIVE' : 'DRAFT'} label={isActive ? 'On' : 'Off'} />
              {[...currencies, ...countries].map((code) => (
                <Badge key={code} variant="default" tt="none">
                  {code}
                </Badge>
              ))}
            </Group>
            <Id value={account.id} />
          </div>
        </Group>
        {mayWrite && (
          <Group gap="xs" wrap="nowrap">
            <Button size="xs" variant="light" loading={isRunning} onClick={test}>
              Test
            </Button>
            <Menu position="bottom-end">
              <Menu.Target>
                <Button size="xs" variant="default" px={8} aria-label={`More about ${name}`}>
                  <IconDots size={16} />
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={change}>Change…</Menu.Item>
                <Menu.Item
                  onClick={() =>
                    run({
                      act: () => api.patch(path, { isActive: !isActive }),
                      said: isActive ? 'It takes nothing new' : 'It takes payments again',
                    })
                  }
                >
                  {isActive ? 'Switch off' : 'Switch on'}
                </Menu.Item>
                <Menu.Item color="red" onClick={remove}>
                  Take away…
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </Group>
        )}
      </Group>
      <Group gap="xs" mt="sm" wrap="nowrap">
        <Text size="xs" c="dimmed" style={{ flexShrink: 0 }}>
          Its webhooks go to
        </Text>
        <Code style={{ overflowWrap: 'anywhere' }}>{webhookUrl}</Code>
        <CopyButton value={webhookUrl}>
          {({ copied, copy }) => (
            <Button
              size="compact-xs"
              variant="subtle"
              onClick={copy}
              style={{ flexShrink: 0 }}
              aria-label={`Copy the address of ${name}`}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Text size="xs" c="dimmed" mt={4} component="div">
        {webhook.lastReceivedAt === null ? (
          'None has come yet: enter the address at the provider.'
        ) : (
          <>
            The last one came <Day value={webhook.lastReceivedAt} withTime />.
          </>
        )}
      </Text>
      {webhook.refused > 0 && (
        <Alert color="orange" mt="sm" p="xs">
          {webhook.refused} could not be believed, the last <Day value={webhook.lastRefusedAt} withTime />:{' '}
          {webhook.lastRefusedReason}
        </Alert>
      )}
    </Paper>
  )
}
