import { Badge, Button, Menu, Modal, Skeleton, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { modals } from '@mantine/modals'
import { IconDots, IconKey, IconPlus } from '@tabler/icons-react'
import { type ReactNode, Suspense, lazy, useState } from 'react'
import { useGo } from '../addresses.ts'
import { account } from '../api.ts'
import { useAccount, useDeed } from '../ask.ts'
import { countOf } from '../format.ts'
import { KeyForm } from '../forms/key-form.tsx'
import { Part } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { Listing } from '../parts/listing.tsx'
import { NewSecret } from '../parts/new-secret.tsx'
import { Day, Id } from '../parts/show.tsx'
import { Empty } from '../parts/states.tsx'
import { scopesInWords } from '../scopes.ts'
import type { ApiKey, CreatedApiKey, TenantUsage } from '../types.ts'
import { usePlace } from '../visit.ts'

const KeyUsageChart = lazy(() =>
  import('../parts/key-usage-chart.tsx').then((parts) => ({ default: parts.KeyUsageChart })),
)

/** Keys for the tenant's own programs: made, rolled, revoked, and watched. */
export function ApiKeys(): ReactNode {
  const { isAdmin } = usePlace()
  const { run } = useDeed()
  const go = useGo()
  const [isOpen, { open, close }] = useDisclosure()
  const [made, setMade] = useState<CreatedApiKey>()
  const answer = useAccount<ApiKey[]>('/tenants/me/api-keys')
  const usage = useAccount<TenantUsage>('/tenants/me/usage')
  const listed = {
    ...answer,
    data: answer.data && {
      data: answer.data,
      meta: {
        total: answer.data.length,
        page: 1,
        limit: answer.data.length,
        totalPages: 1,
        nextCursor: null,
      },
    },
  }
  const usageOf = (id: string): TenantUsage['apiKeys'][number] | undefined =>
    usage.data?.apiKeys.find((key) => key.id === id)
  const roll = (key: ApiKey): void =>
    void modals.openConfirmModal({
      title: `Roll ${key.name}?`,
      children: (
        <Text size="sm">
          A new key of the same rights is made. The old one still works for a day, so that you can change
          over.
        </Text>
      ),
      labels: { confirm: 'Roll', cancel: 'Leave it' },
      onConfirm: () =>
        run({
          act: () => account.post<CreatedApiKey>(`/tenants/me/api-keys/${key.id}/roll`),
          after: setMade,
        }),
    })
  const revoke = (key: ApiKey): void =>
    void modals.openConfirmModal({
      title: `Revoke ${key.name}?`,
      children: (
        <Text size="sm">Every program that uses it is turned away at once. This cannot be undone.</Text>
      ),
      labels: { confirm: 'Revoke', cancel: 'Leave it' },
      confirmProps: { color: 'red' },
      onConfirm: () => run({ act: () => account.delete(`/tenants/me/api-keys/${key.id}`), said: 'Revoked' }),
    })
  const add = isAdmin ? (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      Make a key
    </Button>
  ) : undefined
  return (
    <>
      <Heading
        title="API keys"
        about="Each works in one environment, with the scopes that it was given and no others."
      >
        {add}
      </Heading>
      <Listing
        answer={listed as Parameters<typeof Listing<ApiKey>>[0]['answer']}
        label="API keys"
        open={({ id }) => go(`api-keys/${id}`)}
        empty={
          <Empty icon={IconKey} title="No keys yet" action={add}>
            Your own system works with the data of an environment by a key. Give it only the scopes that it
            needs.
          </Empty>
        }
        columns={[
          {
            title: 'Name',
            show: ({ name, prefix, last4 }) => (
              <Stack gap={0}>
                <Text size="sm" fw={550}>
                  {name}
                </Text>
                <Id value={`${prefix}…${last4}`} />
              </Stack>
            ),
          },
          {
            title: 'Environment',
            show: ({ environment }) => (
              <Badge variant="light" color={environment === 'live' ? 'teal' : 'orange'} tt="none">
                {environment}
              </Badge>
            ),
          },
          {
            title: 'Scopes',
            wide: true,
            show: ({ scopes }) => scopesInWords(scopes),
          },
          {
            title: 'Last 90 days',
            end: true,
            show: ({ id }) => {
              const of = usageOf(id)
              return of ? countOf(of.total, 'request') : ''
            },
          },
          { title: 'Last used', wide: true, show: ({ lastUsedAt }) => <Day value={lastUsedAt} withTime /> },
          { title: 'Expires', wide: true, show: ({ expiresAt }) => <Day value={expiresAt} /> },
          {
            title: '',
            end: true,
            show: (key) =>
              isAdmin ? (
                <Menu position="bottom-end">
                  <Menu.Target>
                    <Button
                      variant="subtle"
                      color="gray"
                      size="compact-sm"
                      aria-label={`More about ${key.name}`}
                      onClick={(event) => event.stopPropagation()}
                    >
                      <IconDots size={16} />
                    </Button>
                  </Menu.Target>
                  <Menu.Dropdown onClick={(event) => event.stopPropagation()}>
                    <Menu.Item onClick={() => roll(key)}>Roll…</Menu.Item>
                    <Menu.Item color="red" onClick={() => revoke(key)}>
                      Revoke…
                    </Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              ) : null,
          },
        ]}
      />
      {usage.data && usage.data.apiKeys.length > 0 && (
        <Part title="Usage by day">
          <Suspense fallback={<Skeleton height={240} />}>
            <KeyUsageChart usage={usage.data} />
          </Suspense>
        </Part>
      )}
      <Modal opened={isOpen} onClose={close} title="Make an API key" size="lg">
        <KeyForm
          done={(key) => {
            close()
            setMade(key)
          }}
        />
      </Modal>
      <Modal
        opened={made !== undefined}
        onClose={() => setMade(undefined)}
        title="The new key"
        closeOnClickOutside={false}
      >
        {made && (
          <NewSecret
            text={made.key}
            about="Copy it now into your secrets manager. It is shown this once: we keep only its hash."
            testId="new-key"
            done={() => setMade(undefined)}
          />
        )}
      </Modal>
    </>
  )
}
