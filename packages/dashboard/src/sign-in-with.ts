import { useMutation } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { ApiError, account } from './api.ts'
import { fieldErrors, showRefusal } from './ask.ts'
import { type Visit, useSetVisit } from './visit.ts'

type Form = { setErrors: (errors: Record<string, string>) => void }

/** Signs in by one of the three ways there are, and goes on to where one wanted to be. */
export function useSignInWith(
  path: string,
  form: Form,
  wrong = 'This e-mail and password do not go together.',
  whenCodeNeeded: () => void = () => {},
): { send: (body: unknown) => void; isSending: boolean } {
  const setVisit = useSetVisit()
  const navigate = useNavigate()
  const search: { from?: string } = useSearch({ strict: false })
  const { mutate, isPending } = useMutation({
    mutationFn: (body: unknown) => account.post<Visit>(path, body),
    onSuccess: async (visit) => {
      setVisit(visit)
      // Only a path of our own: an address from elsewhere would lead away from here.
      const from = search.from ?? '/'
      await navigate({ to: from.startsWith('/') && !from.startsWith('//') ? from : '/', replace: true })
    },
    onError: (error) => {
      if (!(error instanceof ApiError)) throw error
      if (error.needsCode) whenCodeNeeded()
      else if (error.status === 401) form.setErrors({ password: wrong })
      else if (error.faults.length > 0) form.setErrors(fieldErrors(error))
      else if (error.code === 'tenant_email_taken') form.setErrors({ email: error.message })
      else showRefusal(error)
    },
  })
  return { send: mutate, isSending: isPending }
}

/** The token of a mailed link, which stands in the fragment so that no server and no log ever sees it. */
export function mailedToken(): string {
  return new URLSearchParams(globalThis.location.hash.slice(1)).get('token') ?? ''
}
