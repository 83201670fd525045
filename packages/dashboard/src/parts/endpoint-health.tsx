import type { ReactNode } from 'react'
import type { WebhookEndpoint } from '../types.ts'
import { Status } from './show.tsx'

/** Whether what is sent to an endpoint gets through. */
export function EndpointHealth({ endpoint }: { endpoint: WebhookEndpoint }): ReactNode {
  if (endpoint.disabledAt !== null) return <Status value="FAILED" label="Switched off by us" />
  if (!endpoint.isActive) return <Status value="DRAFT" label="Off" />
  if (endpoint.failingSince !== null) return <Status value="PAST_DUE" label="Failing" />
  return <Status value="ACTIVE" label="On" />
}
