import { Badge, Group, Menu, Text, UnstyledButton } from '@mantine/core'
import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import { useLocation, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { addressOf } from './addresses.ts'
import { usePlace } from './visit.ts'

/** Which environment is shown, always in sight, and the way to the others: to the same list, never the same object. */
export function EnvironmentSwitch(): ReactNode {
  const { visit, environment } = usePlace()
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const list = pathname.split('/')[2] ?? ''
  return (
    <Menu position="bottom-start" width={220}>
      <Menu.Target>
        <UnstyledButton aria-label={`Environment: ${environment.name}`}>
          <Group gap={6} wrap="nowrap">
            <Badge
              variant={environment.kind === 'LIVE' ? 'filled' : 'light'}
              color={environment.kind === 'LIVE' ? 'teal' : 'orange'}
              size="lg"
              radius="sm"
              tt="none"
            >
              {environment.name}
            </Badge>
            <IconChevronDown size={14} />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Environment</Menu.Label>
        {visit.environments.map((one) => (
          <Menu.Item
            key={one.id}
            rightSection={one.id === environment.id ? <IconCheck size={16} /> : null}
            onClick={() => void navigate({ to: addressOf(one.name, list) })}
          >
            {one.name}
            <Text span size="xs" c="dimmed" ml={6}>
              {one.kind === 'LIVE' ? 'real money' : 'simulated providers, own clock'}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
