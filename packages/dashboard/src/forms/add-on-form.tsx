import { ActionIcon, Button, Group, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { fieldErrors, useDeed } from '../ask.ts'
import { CurrencySelect } from '../parts/currency-select.tsx'
import type { AddOn } from '../types.ts'
import { usePlace } from '../visit.ts'

/** Makes an add-on, or changes what it costs from now on. */
export function AddOnForm({ addOn, done }: { addOn?: AddOn; done: () => void }): ReactNode {
  const { api, visit } = usePlace()
  const { run, isRunning } = useDeed()
  const form = useForm({
    initialValues: {
      name: addOn?.name ?? '',
      code: '',
      description: addOn?.description ?? '',
      prices: addOn?.prices.map(({ currency, amount }) => ({ currency, amount: String(amount) })) ?? [
        { currency: visit.tenant.currency, amount: '' },
      ],
    },
  })
  const { prices } = form.values
  const submit = ({ name, code, description }: typeof form.values): void =>
    run({
      act: () =>
        addOn
          ? api.patch(`/add-ons/${addOn.id}`, {
              name,
              description: description === '' ? null : description,
              ...(form.isDirty('prices') ? { prices } : {}),
            })
          : api.post('/add-ons', {
              name,
              code,
              prices,
              ...(description === '' ? {} : { description }),
            }),
      said: addOn ? 'Saved' : 'The add-on is there',
      after: done,
      refused: (error) => form.setErrors(fieldErrors(error)),
    })
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        <TextInput
          label="Name"
          description="The line of the invoice says it"
          required
          maxLength={100}
          data-autofocus
          {...form.getInputProps('name')}
        />
        {!addOn && (
          <TextInput
            label="Code"
            description="Your own short name for it, such as setup_fee"
            required
            {...form.getInputProps('code')}
          />
        )}
        <TextInput label="Description" maxLength={500} {...form.getInputProps('description')} />
        {prices.map(({ currency }, index) => (
          <Group key={index} align="flex-start" wrap="nowrap">
            <TextInput
              label={`Price ${index + 1}`}
              inputMode="decimal"
              required
              flex={1}
              {...form.getInputProps(`prices.${index}.amount`)}
            />
            <CurrencySelect
              label={`Currency ${index + 1}`}
              flex={1}
              {...form.getInputProps(`prices.${index}.currency`)}
            />
            {prices.length > 1 && (
              <ActionIcon
                mt={30}
                variant="subtle"
                color="gray"
                aria-label={`Leave the price in ${currency} out`}
                onClick={() => form.removeListItem('prices', index)}
              >
                <IconTrash size={16} />
              </ActionIcon>
            )}
          </Group>
        ))}
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() => form.insertListItem('prices', { currency: '', amount: '' })}
        >
          Another currency
        </Button>
        <Button type="submit" loading={isRunning}>
          {addOn ? 'Save' : 'Make the add-on'}
        </Button>
      </Stack>
    </form>
  )
}
