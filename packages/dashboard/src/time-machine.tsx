import { Button, Group, Menu, Progress, Text, TextInput } from '@mantine/core'
import { IconClockPlay } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { type Page, account } from './api.ts'
import { useAccount, useDeed } from './ask.ts'
import { instant } from './format.ts'
import type { EnvironmentState } from './types.ts'
import { usePlace } from './visit.ts'

const steps = [
  ['A day', { days: 1 }],
  ['A week', { weeks: 1 }],
  ['A month', { months: 1 }],
  ['A year', { years: 1 }],
] as const

/** The clock of a test environment: where it stands, and how it is moved. */
export function TimeMachine(): ReactNode {
  const { environment, visit, isAdmin } = usePlace()
  const client = useQueryClient()
  const { run, isRunning } = useDeed()
  const [isMoving, setMoving] = useState(false)
  const answer = useAccount<Page<EnvironmentState>>(
    '/tenants/me/environments',
    { limit: 100 },
    isMoving ? { everyMs: 700 } : {},
  )
  const clock = answer.data?.data.find(({ id }) => id === environment.id)?.clock
  const wasRunning = useRef(false)
  useEffect(() => {
    if (clock?.status === 'RUNNING') {
      wasRunning.current = true
      setMoving(true)
    } else if (!isRunning) {
      setMoving(false)
      if (wasRunning.current) void client.invalidateQueries({ queryKey: [environment.id] })
      wasRunning.current = false
    }
  }, [clock?.status, isRunning, client, environment.id])
  const move = (body: unknown): void => {
    setMoving(true)
    run({
      act: () => account.post(`/tenants/me/environments/${environment.id}/clock`, body),
      said: 'The clock has been moved, and all that fell due has happened.',
    })
  }
  const isBusy = isRunning || clock?.status === 'RUNNING'
  return (
    <Group
      h={36}
      px="md"
      gap="sm"
      justify="space-between"
      wrap="nowrap"
      bg="light-dark(var(--mantine-color-orange-1), var(--mantine-color-dark-5))"
    >
      <Group gap={8} wrap="nowrap" miw={0}>
        <IconClockPlay size={16} />
        <Text size="sm" truncate component="div">
          <Text span inherit visibleFrom="sm">
            Test data.{' '}
          </Text>
          {clock && (
            <>
              {clock.followsRealTime ? 'The clock follows real time: ' : 'The clock stands at '}
              <b>{instant(clock.now, visit.tenant.timezone)}</b>
            </>
          )}
          {clock?.status === 'FAILED' && <Text span c="red">{` · stopped: ${clock.error ?? ''}`}</Text>}
        </Text>
        {isBusy && (
          <Progress value={(clock?.progress ?? 0) * 100} w={120} animated aria-label="Time is passing" />
        )}
      </Group>
      {isAdmin && (
        <Menu position="bottom-end" width={230}>
          <Menu.Target>
            <Button size="compact-sm" variant="white" loading={isBusy} style={{ flexShrink: 0 }}>
              Move time
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {steps.map(([label, advance]) => (
              <Menu.Item key={label} onClick={() => move({ advance })}>
                {label} on
              </Menu.Item>
            ))}
            <Menu.Divider />
            <form
              onSubmit={(event) => {
                event.preventDefault()
                const at = new FormData(event.currentTarget).get('at')
                if (typeof at === 'string' && at !== '')
                  move({ now: new Date(`${at}T00:00:00Z`).toISOString() })
              }}
            >
              <Group gap="xs" p="xs" wrap="nowrap" align="flex-end">
                <TextInput type="date" name="at" label="To a day (UTC)" size="xs" style={{ flex: 1 }} />
                <Button size="xs" type="submit" variant="light">
                  Go
                </Button>
              </Group>
            </form>
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  )
}
