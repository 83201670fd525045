import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/** A link to a page outside the shell. */
export function ToPage({ to, children }: { to: string; children: ReactNode }): ReactNode {
  return (
    <Anchor renderRoot={(props) => <Link {...props} to={to} />} size="sm">
      {children}
    </Anchor>
  )
}
