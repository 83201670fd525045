import type { Slice } from '../../http/route.ts'
import { smtpRoutes } from './smtp-test.ts'

export const mailing: Slice = {
  name: 'mail',
  title: 'Mail',
  description: 'What is sent to members.',
  routes: smtpRoutes,
}

export { mail } from './deliver.ts'
