import { Badge, Drawer, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useFilters } from '../addresses.ts'
import type { Page, Query } from '../api.ts'
import { useAccount } from '../ask.ts'
import { count } from '../format.ts'
import type { ApiKey, LoggedRequest } from '../types.ts'
import { usePlace } from '../visit.ts'
import { Facts } from './facts.tsx'
import { Listing } from './listing.tsx'
import { Day, Id, To } from './show.tsx'

/** Requests of keys in this environment, newest first. */
export function RequestList({ filters, empty }: { filters: Query; empty: ReactNode }): ReactNode {
  const { environment } = usePlace()
  const { page, set } = useFilters()
  const [shown, setShown] = useState<LoggedRequest>()
  const keys = useAccount<ApiKey[]>('/tenants/me/api-keys')
  const nameOf = (id: string): string => keys.data?.find((key) => key.id === id)?.name ?? id
  const answer = useAccount<Page<LoggedRequest>>(
    '/tenants/me/requests',
    { ...filters, environment: environment.id, page, limit: 30 },
    { everyMs: 10_000 },
  )
  return (
    <>
      <Listing
        answer={answer}
        label="Requests"
        page={page}
        turnTo={(next) => set({ page: next })}
        open={setShown}
        empty={empty}
        columns={[
          {
            title: 'Request',
            show: ({ method, path }) => (
              <Text span inherit ff="monospace" size="xs" style={{ overflowWrap: 'anywhere' }}>
                {method} {path}
              </Text>
            ),
          },
          { title: 'Answer', show: ({ status, code }) => <Answer status={status} code={code} /> },
          { title: 'Key', wide: true, show: ({ apiKeyId }) => nameOf(apiKeyId) },
          { title: 'Took', end: true, wide: true, show: ({ durationMs }) => `${count(durationMs)} ms` },
          { title: 'When', wide: true, show: ({ at }) => <Day value={at} withTime /> },
        ]}
      />
      <Drawer
        opened={shown !== undefined}
        onClose={() => setShown(undefined)}
        position="right"
        size="md"
        title={shown && `${shown.method} ${shown.path}`}
      >
        {shown && (
          <Facts
            wide
            items={[
              ['X-Request-Id', <Id key="id" value={shown.id} />],
              ['Answer', <Answer key="answer" status={shown.status} code={shown.code} />],
              ['Operation', shown.operation],
              [
                'Key',
                <To key="key" page={`api-keys/${shown.apiKeyId}`}>
                  {nameOf(shown.apiKeyId)}
                </To>,
              ],
              ['From', shown.ip],
              ['When', <Day key="at" value={shown.at} withTime />],
              ['Took', `${count(shown.durationMs)} ms`],
            ]}
          />
        )}
      </Drawer>
    </>
  )
}

function Answer({ status, code }: Pick<LoggedRequest, 'status' | 'code'>): ReactNode {
  return (
    <Badge variant="light" tt="none" color={status < 400 ? 'teal' : status < 500 ? 'orange' : 'red'}>
      {code === null ? status : `${status} ${code}`}
    </Badge>
  )
}
