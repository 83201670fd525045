import { Button, CloseButton, FileButton, Group, Image, Input } from '@mantine/core'
import type { ReactNode } from 'react'

/** A picture as a data URL. What it may be, and how big, the server says. */
export function LogoInput({
  value,
  error,
  onChange,
}: {
  value: string
  error: ReactNode
  onChange: (url: string) => void
}): ReactNode {
  const read = async (file: File | null): Promise<void> => {
    if (file) onChange(await dataUrlOf(file))
  }
  return (
    <Input.Wrapper
      label="Logo"
      description="On documents, mails and customers’ pages: PNG, JPEG or SVG, 150 kB at most"
      error={error}
    >
      <Group mt={4} gap="xs">
        <FileButton accept="image/png,image/jpeg,image/svg+xml" onChange={(file) => void read(file)}>
          {(props) => (
            <Button variant="default" {...props}>
              {value === '' ? 'Choose a picture' : 'Choose another'}
            </Button>
          )}
        </FileButton>
        {value !== '' && (
          <>
            <Image src={value} alt="Your logo" h={36} w="auto" maw={200} fit="contain" />
            <CloseButton aria-label="Take the logo away" onClick={() => onChange('')} />
          </>
        )}
      </Group>
    </Input.Wrapper>
  )
}

function dataUrlOf(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => resolve(typeof reader.result === 'string' ? reader.result : ''))
    reader.addEventListener('error', () => reject(reader.error ?? new Error('the file cannot be read')))
    reader.readAsDataURL(file)
  })
}
