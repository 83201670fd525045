import { ActionIcon, Menu, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { IconDots } from '@tabler/icons-react'
import type { ReactNode } from 'react'

/** What can be done with a row of a list; nothing where there is nothing to do. */
export function RowMenu({
  about,
  items,
}: {
  /** What the row is, for those who hear the page. */
  about: string
  items: readonly ({ readonly label: string; readonly act: () => void; readonly isGrave?: boolean } | false)[]
}): ReactNode {
  const possible = items.filter((item) => item !== false)
  if (possible.length === 0) return null
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon
          onClick={(event) => event.stopPropagation()}
          variant="subtle"
          color="gray"
          aria-label={`More about ${about}`}
        >
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown onClick={(event) => event.stopPropagation()}>
        {possible.map(({ label, act, isGrave }) => (
          <Menu.Item key={label} onClick={act} {...(isGrave ? { color: 'red' } : {})}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

/** Asks before something that cannot be taken back. */
export function confirmFirst(title: string, text: string, confirm: string, act: () => void): void {
  modals.openConfirmModal({
    title,
    children: (
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {text}
      </Text>
    ),
    labels: { confirm, cancel: 'Leave it' },
    confirmProps: { color: 'red' },
    onConfirm: act,
  })
}
