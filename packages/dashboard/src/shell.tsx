import {
  ActionIcon,
  AppShell,
  Avatar,
  Badge,
  Box,
  Burger,
  Group,
  Kbd,
  Loader,
  Menu,
  NavLink,
  ScrollArea,
  Text,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { spotlight } from '@mantine/spotlight'
import { IconLogout, IconMoon, IconSearch, IconShieldLock, IconSun, IconUser } from '@tabler/icons-react'
import { Link, Navigate, Outlet, useLocation, useNavigate, useParams } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { addressOf } from './addresses.ts'
import { account, connect } from './api.ts'
import { EnvironmentSwitch } from './environment-switch.tsx'
import { areas } from './areas.ts'
import { Failure } from './parts/states.tsx'
import { Palette } from './palette.tsx'
import { TimeMachine } from './time-machine.tsx'
import { type Environment, PlaceContext, type Visit, useSetVisit, useVisit } from './visit.ts'

/** Every page behind the sign-in: who works, in which environment, and the ways to all the others. */
export function Shell(): ReactNode {
  const { visit, error } = useVisit()
  const params: { environment?: string } = useParams({ strict: false })
  if (error) return <Failure error={error} retry={() => globalThis.location.reload()} />
  if (visit === undefined) {
    return (
      <Group justify="center" mt="30vh">
        <Loader aria-label="Loading" />
      </Group>
    )
  }
  if (visit === null) return <ToSignIn />
  const environment = visit.environments.find(({ name }) => name === params.environment)
  if (!environment) {
    const fallback = visit.environments.find(({ kind }) => kind === 'TEST') ?? visit.environments[0]
    return <Navigate to={addressOf(fallback?.name ?? 'live')} replace />
  }
  return (
    <PlaceContext value={{ visit, environment, api: connect(environment.id) }} key={environment.id}>
      <Frame visit={visit} environment={environment} />
    </PlaceContext>
  )
}

/** To the sign-in, once, and from there back to where one was. */
function ToSignIn(): ReactNode {
  const navigate = useNavigate()
  const { href } = useLocation()
  const [from] = useState(href)
  useEffect(() => void navigate({ to: '/sign-in', search: { from }, replace: true }), [navigate, from])
  return null
}

function Frame({ visit, environment }: { visit: Visit; environment: Environment }): ReactNode {
  const [isOpen, { toggle, close }] = useDisclosure()
  const { pathname } = useLocation()
  useEffect(() => localStorage.setItem('environment', environment.name), [environment.name])
  useEffect(close, [pathname, close])
  const isTest = environment.kind === 'TEST'
  return (
    <AppShell
      layout="alt"
      header={{ height: isTest ? 92 : 56 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <AppShell.Header>
        {isTest && <TimeMachine />}
        <Group h={56} px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <EnvironmentSwitch />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <UnstyledButton onClick={spotlight.open} aria-label="Go to… ⌘K">
              <Group gap={8} wrap="nowrap">
                <IconSearch size={16} />
                <Text size="sm" c="dimmed" visibleFrom="sm">
                  Go to…
                </Text>
                <Kbd size="xs" visibleFrom="sm">
                  ⌘K
                </Kbd>
              </Group>
            </UnstyledButton>
            <Scheme />
            <Me visit={visit} environment={environment.name} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm">
        <Group justify="space-between" px="xs" h={40} mb="xs" wrap="nowrap">
          <Group gap={8} wrap="nowrap" miw={0}>
            <img src="/mark.svg" width={24} height={24} alt="" />
            <Text fw={650} truncate>
              {visit.tenant.name}
            </Text>
          </Group>
          <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Close the menu" />
        </Group>
        <ScrollArea style={{ flex: 1 }}>
          {areas.map(({ title, pages }) => (
            <Box key={title} mb="md">
              <Text size="xs" c="dimmed" fw={600} px="xs" mb={4}>
                {title}
              </Text>
              {pages.map(({ label, page, icon: Icon }) => {
                const to = addressOf(environment.name, page)
                return (
                  <NavLink
                    key={page}
                    renderRoot={(props) => (
                      <Link {...props} to={to} activeOptions={{ exact: page === '', includeSearch: false }} />
                    )}
                    label={label}
                    leftSection={<Icon size={18} stroke={1.6} />}
                    active={page === '' ? pathname === to || pathname === `${to}/` : pathname.startsWith(to)}
                    py={6}
                    style={{ borderRadius: 'var(--mantine-radius-md)' }}
                  />
                )
              })}
            </Box>
          ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main>
        <Box maw={1200} mx="auto">
          <Outlet />
        </Box>
      </AppShell.Main>
      <Palette />
    </AppShell>
  )
}

function Scheme(): ReactNode {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const isDark =
    colorScheme === 'dark' || (colorScheme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={isDark ? 'Light colours' : 'Dark colours'}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      {isDark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  )
}

function Me({ visit, environment }: { visit: Visit; environment: string }): ReactNode {
  const setVisit = useSetVisit()
  const navigate = useNavigate()
  const signOut = async (): Promise<void> => {
    await account.delete('/dashboard/session').catch(() => {})
    setVisit(null)
    await navigate({ to: '/sign-in' })
  }
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton aria-label={`Signed in as ${visit.member.name}`}>
          <Avatar color="nova" size={30} radius="xl">
            <IconUser size={18} />
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Box px="sm" py={6}>
          <Text size="sm" fw={600} truncate>
            {visit.member.name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {visit.member.email}
          </Text>
          <Badge mt={4} size="xs" variant="light" tt="none">
            {visit.member.role.toLowerCase()}
          </Badge>
        </Box>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconShieldLock size={16} />}
          onClick={() => void navigate({ to: addressOf(environment, 'two-factor') })}
        >
          Two-factor sign-in
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
