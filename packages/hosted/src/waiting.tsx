import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { ask } from './api.ts'
import { useVoice } from './language.ts'
import { Act, Outcome } from './parts.tsx'

/** Seconds after which the provider is asked once more. */
const askAfterSeconds = [1, 6, 12, 20, 30, 45, 60, 90, 120, 180, 240, 300]
const lookEverySeconds = 2
const longSeconds = 45

/** A payment is on its way. The page looks again by itself, as long as somebody looks at it. */
export function Waiting({
  isOnPhone,
  isCharge,
  reload,
  onLeave,
}: {
  readonly isOnPhone: boolean
  /** A saved method is being charged. */
  readonly isCharge: boolean
  readonly reload: () => Promise<void>
  readonly onLeave: (() => void) | undefined
}): JSX.Element {
  const { say } = useVoice()
  const [isLong, setLong] = useState(false)
  useEffect(() => {
    let seconds = 0
    let isLooking = false
    const look = async (): Promise<void> => {
      if (isLooking || document.hidden) return
      isLooking = true
      await reload()
      isLooking = false
    }
    const timer = setInterval(() => {
      seconds += 1
      if (seconds === longSeconds) setLong(true)
      if (askAfterSeconds.includes(seconds) && !isCharge)
        ask('POST', '/ask', {}).catch(() => {
          // The next look tells whether there is a connection.
        })
      const pace = seconds > 60 ? 5 : lookEverySeconds
      if (seconds % pace === 0) void look()
    }, 1000)
    const onReturn = (): void => void look()
    document.addEventListener('visibilitychange', onReturn)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', onReturn)
    }
  }, [reload, isCharge])
  const title = isCharge ? 'beingPaid' : isOnPhone ? 'checkPhone' : 'confirming'
  return (
    <Outcome kind="busy" title={say(title)}>
      <p>{say(isLong ? 'takesLong' : isOnPhone ? 'checkPhoneHint' : 'confirmingHint')}</p>
      {isLong && onLeave ? (
        <p class="quiet">
          <Act onPress={onLeave}>{say('otherWay')}</Act>
          <br />
          {say('otherWayWarning')}
        </p>
      ) : null}
    </Outcome>
  )
}
