import type { JSX } from 'preact'
import { useVoice } from './language.ts'
import { Act, Outcome, useFault } from './parts.tsx'

/** Nothing is behind this link, or nothing any more. It does not say which. */
export function DeadLink(): JSX.Element {
  const { say } = useVoice()
  return (
    <Outcome kind="quiet" title={say('linkTitle')}>
      <p>{say('linkHint')}</p>
    </Outcome>
  )
}

export function Unreachable({
  code,
  again,
}: {
  readonly code: string
  readonly again: () => Promise<void>
}): JSX.Element {
  const { say } = useVoice()
  const sayFault = useFault('')
  return (
    <Outcome kind="bad" title={say('errorTitle')}>
      <p>{sayFault(code)}</p>
      <Act kind="main" onPress={again}>
        {say('again')}
      </Act>
    </Outcome>
  )
}
