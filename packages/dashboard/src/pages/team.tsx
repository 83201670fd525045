import { Badge, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { modals } from '@mantine/modals'
import { IconPlus, IconUsersGroup } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { type Page, account } from '../api.ts'
import { fieldErrors, useAccount, useDeed } from '../ask.ts'
import { words } from '../format.ts'
import { Part } from '../parts/facts.tsx'
import { Heading } from '../parts/heading.tsx'
import { Listing } from '../parts/listing.tsx'
import { Day } from '../parts/show.tsx'
import { Empty } from '../parts/states.tsx'
import type { Member, OpenSession } from '../types.ts'
import { usePlace } from '../visit.ts'

const roles = [
  { value: 'ADMIN', label: 'Admin: everything but the owner' },
  { value: 'MEMBER', label: 'Member: works with all data' },
  { value: 'VIEWER', label: 'Viewer: looks at all data' },
]

export function Team(): ReactNode {
  const { isAdmin, visit } = usePlace()
  const { run, isRunning } = useDeed()
  const [isOpen, { open, close }] = useDisclosure()
  const members = useAccount<Page<Member>>('/tenants/me/members', { limit: 100 })
  const sessions = useAccount<Page<OpenSession>>('/tenants/me/sessions', { limit: 100 })
  const form = useForm({ initialValues: { email: '', role: 'MEMBER' } })
  const nameOf = (id: string): string => members.data?.data.find((one) => one.id === id)?.name ?? id
  const remove = (member: Member): void =>
    void modals.openConfirmModal({
      title: `Remove ${member.name}?`,
      children: <Text size="sm">Their sessions end at once. What they did stays in the audit log.</Text>,
      labels: { confirm: 'Remove', cancel: 'Keep' },
      confirmProps: { color: 'red' },
      onConfirm: () =>
        run({ act: () => account.delete(`/tenants/me/members/${member.id}`), said: 'Removed' }),
    })
  return (
    <>
      <Heading title="Team">
        {isAdmin && (
          <Button leftSection={<IconPlus size={16} />} onClick={open}>
            Invite
          </Button>
        )}
      </Heading>
      <Listing
        answer={members}
        label="Members"
        empty={
          <Empty icon={IconUsersGroup} title="Nobody">
            There is always an owner.
          </Empty>
        }
        columns={[
          { title: 'Name', show: ({ name }) => name },
          { title: 'E-mail', wide: true, show: ({ email }) => email },
          {
            title: 'Role',
            show: (member) =>
              isAdmin && member.role !== 'OWNER' ? (
                <Select
                  size="xs"
                  w={130}
                  aria-label={`Role of ${member.name}`}
                  allowDeselect={false}
                  data={roles.map(({ value }) => ({ value, label: words(value) }))}
                  value={member.role}
                  onChange={(role) =>
                    run({
                      act: () => account.patch(`/tenants/me/members/${member.id}`, { role }),
                      said: 'Saved',
                    })
                  }
                />
              ) : (
                <Badge variant="light" tt="none">
                  {words(member.role)}
                </Badge>
              ),
          },
          { title: 'Since', wide: true, show: ({ createdAt }) => <Day value={createdAt} /> },
          {
            title: '',
            end: true,
            show: (member) =>
              isAdmin && member.role !== 'OWNER' && member.id !== visit.member.id ? (
                <Button size="compact-sm" variant="subtle" color="red" onClick={() => remove(member)}>
                  Remove
                </Button>
              ) : null,
          },
        ]}
      />
      <Part title="Open sessions">
        <Listing
          answer={sessions}
          label="Open sessions"
          empty={
            <Empty icon={IconUsersGroup} title="None">
              Nobody is signed in.
            </Empty>
          }
          columns={[
            {
              title: 'Who',
              show: ({ memberId, current }) => (
                <Group gap={6}>
                  {nameOf(memberId)}
                  {current && (
                    <Badge size="xs" variant="light" tt="none">
                      this one
                    </Badge>
                  )}
                </Group>
              ),
            },
            { title: 'From', wide: true, show: ({ ip, userAgent }) => `${ip} · ${userAgent.slice(0, 60)}` },
            { title: 'Began', show: ({ createdAt }) => <Day value={createdAt} withTime /> },
            {
              title: '',
              end: true,
              show: ({ id, current }) =>
                current ? null : (
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    color="red"
                    onClick={() =>
                      run({ act: () => account.delete(`/tenants/me/sessions/${id}`), said: 'Ended' })
                    }
                  >
                    End
                  </Button>
                ),
            },
          ]}
        />
      </Part>
      <Modal opened={isOpen} onClose={close} title="Invite somebody">
        <form
          onSubmit={form.onSubmit((values) =>
            run({
              act: () => account.post('/tenants/me/members/invitations', values),
              said: `A link is on its way to ${values.email}; it works for a week.`,
              after: close,
              refused: (error) => form.setErrors(fieldErrors(error)),
            }),
          )}
        >
          <Stack>
            <TextInput label="E-mail" type="email" required data-autofocus {...form.getInputProps('email')} />
            <Select label="Role" allowDeselect={false} data={roles} {...form.getInputProps('role')} />
            <Button type="submit" loading={isRunning}>
              Send the link
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  )
}
