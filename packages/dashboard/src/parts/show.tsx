import { Anchor, Badge, Text, Tooltip } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { addressOf } from '../addresses.ts'
import { day, instant, money, words } from '../format.ts'
import { usePlace } from '../visit.ts'

const colours: Record<string, string> = {
  ACTIVE: 'teal',
  PAID: 'teal',
  SUCCEEDED: 'teal',
  FINALIZED: 'teal',
  TRIALING: 'blue',
  PENDING: 'blue',
  PROCESSING: 'blue',
  DRAFT: 'gray',
  PAUSED: 'yellow',
  PAST_DUE: 'orange',
  FAILED: 'red',
  UNCOLLECTIBLE: 'red',
  REFUNDED: 'grape',
}

export function Status({ value, label }: { value: string; label?: string }): ReactNode {
  return (
    <Badge variant="light" color={colours[value] ?? 'gray'} tt="none" fw={550} miw="max-content">
      {label ?? words(value)}
    </Badge>
  )
}

/** An amount, set so that a column of them lines up. */
export function Money({
  amount,
  currency,
  strong,
}: {
  amount: number
  currency: string
  strong?: boolean
}): ReactNode {
  return (
    <Text
      span
      inherit
      fw={strong ? 620 : undefined}
      style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}
    >
      {money(amount, currency)}
    </Text>
  )
}

/** A day in the tenant's zone, with the instant in UTC for whoever points at it. */
export function Day({ value, withTime }: { value: string | null; withTime?: boolean }): ReactNode {
  const { visit } = usePlace()
  if (value === null)
    return (
      <Text span inherit c="dimmed">
        –
      </Text>
    )
  const { timezone } = visit.tenant
  return (
    <Tooltip
      label={value.length === 10 ? value : `${value.replace('T', ' ').slice(0, 19)} UTC`}
      openDelay={400}
    >
      <span>{withTime ? instant(value, timezone) : day(value, timezone)}</span>
    </Tooltip>
  )
}

/** A link to a page of the environment that is shown. */
export function To({
  page,
  children,
  isInText,
}: {
  page: string
  children: ReactNode
  /** Among other words, where its colour alone would not tell it from them. */
  isInText?: boolean
}): ReactNode {
  const { environment } = usePlace()
  const [path = '', query = ''] = page.split('?')
  const search = Object.fromEntries(new URLSearchParams(query))
  return (
    <Anchor
      renderRoot={(props) => (
        <Link {...props} to={addressOf(environment.name, path)} search={search as never} />
      )}
      inherit
      {...(isInText ? { underline: 'always', c: 'inherit' } : {})}
      onClick={(event) => event.stopPropagation()}
    >
      {children}
    </Anchor>
  )
}

/** An id as it may be copied. */
export function Id({ value }: { value: string }): ReactNode {
  return (
    <Text span ff="monospace" size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      {value}
    </Text>
  )
}
