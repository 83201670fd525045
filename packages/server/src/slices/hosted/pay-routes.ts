import { payRoute } from '../../http/route.ts'
import { closed } from '../../http/shapes.ts'
import { chooseInSandbox } from '../checkout/index.ts'
import { readLogo } from './company.ts'
import { askNow, beginHosted, finishHosted, readPayPage } from './pay-page.ts'
import {
  ChooseInSandbox,
  GoTo,
  HostedCheckout,
  LogoOfCompany,
  PayPage,
  StartHostedCheckout,
} from './schema.ts'

/** What the page of one invoice asks for, with the invoice's link and nothing else. */
export const payRoutes = [
  payRoute({
    method: 'GET',
    url: '/hosted/pay',
    operation: 'hosted.pay',
    summary: 'Look at an invoice and at how its payment goes',
    status: 200,
    response: PayPage,
    read: (from, { deps, principal }) => readPayPage(deps, from, principal),
  }),
  payRoute({
    method: 'GET',
    url: '/hosted/pay/logo',
    operation: 'hosted.payLogo',
    summary: 'See who bills',
    status: 200,
    response: LogoOfCompany,
    read: (from, { principal }) => readLogo(from, principal),
  }),
  payRoute({
    method: 'POST',
    url: '/hosted/pay/checkout',
    operation: 'hosted.payCheckout',
    summary: 'Begin to pay all that is due',
    body: StartHostedCheckout,
    status: 201,
    response: HostedCheckout,
    staged: {
      begin: (tx, { deps, principal, body }) => beginHosted(deps, tx, principal, body),
      finish: (id, { deps, principal }) => finishHosted(deps, principal, id),
    },
  }),
  payRoute({
    method: 'POST',
    url: '/hosted/pay/ask',
    operation: 'hosted.payAsk',
    summary: 'Have the provider asked soon',
    body: closed({}),
    status: 204,
    write: (tx, { deps, principal }) => askNow(deps, tx, principal),
  }),
  payRoute({
    method: 'POST',
    url: '/hosted/pay/sandbox',
    operation: 'hosted.paySandbox',
    summary: 'Choose what the sandbox does',
    body: ChooseInSandbox,
    status: 200,
    response: GoTo,
    write: async (tx, { deps, principal, body }) => ({
      url: await chooseInSandbox(deps, tx, principal, body),
    }),
  }),
]
