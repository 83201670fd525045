import { Button, Group, Stack, Text } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { account } from '../api.ts'
import { fieldErrors, useDeed } from '../ask.ts'
import { Part } from '../parts/facts.tsx'
import { usePlace } from '../visit.ts'

/** A setting that is replaced whole. Where nothing was set, or all of it is taken back, ours holds. */
export function SettingForm<T extends Record<string, unknown>>({
  name,
  title,
  about,
  initialValues,
  toSetting,
  children,
  more,
}: {
  name: 'dunning' | 'emails' | 'smtp' | 'portal'
  title: string
  about: string
  initialValues: T
  toSetting: (values: T) => object
  children: (form: UseFormReturnType<T>) => ReactNode
  /** What else can be done with what was saved. */
  more?: ReactNode
}): ReactNode {
  const { isAdmin } = usePlace()
  const { run, isRunning } = useDeed()
  const form = useForm<T>({ initialValues })
  const save = (setting: object | null, said: string): void =>
    run({
      act: () => account.patch('/tenants/me', { settings: { [name]: setting } }),
      said,
      refused: (error) =>
        form.setErrors(
          Object.fromEntries(
            Object.entries(fieldErrors(error)).map(([path, message]) => [
              path.replace(`settings.${name}.`, ''),
              message,
            ]),
          ),
        ),
    })
  return (
    <Part title={title}>
      <Text size="sm" c="dimmed" mb="sm" maw={640}>
        {about}
      </Text>
      <form onSubmit={form.onSubmit((values) => save(toSetting(values), 'Saved'))}>
        <fieldset disabled={!isAdmin} style={{ border: 0, padding: 0, margin: 0 }}>
          <Stack>
            {children(form)}
            {isAdmin && (
              <Group>
                <Button type="submit" loading={isRunning} aria-label={`Save: ${title}`}>
                  Save
                </Button>
                <Button
                  variant="subtle"
                  color="gray"
                  disabled={isRunning}
                  aria-label={`Back to the usual: ${title}`}
                  onClick={() => save(null, 'As usual again')}
                >
                  Back to the usual
                </Button>
              </Group>
            )}
          </Stack>
        </fieldset>
      </form>
      {isAdmin && more}
    </Part>
  )
}
