import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static, TSchema, TUnknown, TVoid } from 'typebox'
import type { Deps } from '../deps.ts'
import type { Around, Reader, Scope as RowScope, Tx } from '../db/transaction.ts'
import type { RefusalCode } from '../refusal.ts'
import type { KeyUsage } from './key-usage.ts'
import type { LoginGuard } from './login-guard.ts'
import type { HostedKind } from './hosted-links.ts'
import type {
  DataPrincipal,
  PayPrincipal,
  PortalPrincipal,
  Principal,
  Principals,
  SessionPrincipal,
} from './principals.ts'
import type { RequestJournal } from './request-journal.ts'
import type { Role } from './roles.ts'
import type { Scope } from './scopes.ts'
import type { Staged } from './staged.ts'

/**
 * Who may call: anyone, a signed-in member (of one of these roles), an API key that holds one of the scopes, or whoever
 * has a link to a customer's or an invoice's page.
 */
export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'session'; readonly roles: readonly Role[] }
  | { readonly kind: 'key'; readonly anyOf: readonly Scope[] }
  | { readonly kind: 'link'; readonly opens: HostedKind }

const everyRole: readonly Role[] = ['OWNER', 'ADMIN', 'MEMBER', 'VIEWER']
export const administrators: readonly Role[] = ['OWNER', 'ADMIN']

/** One request, validated: what a route's work is given. A part that the route does not declare is unknown. */
export type Call<Params, Query, Body, Who> = {
  readonly principal: Who
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly deps: Deps
  readonly runtime: Runtime
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/**
 * How the answer is made.
 * `read`: from statements that each see one scope. `write`: one operation in one transaction, which also keeps
 * the answer for its Idempotency-Key; `shared`: what a request by API key does instead, in a transaction that it may
 * share with others, and to which it brings what keeps its answer; `lines`: what is done with a body of lines, which has no key. `staged`: an effect outside between two transactions. `handle`: anything else.
 */
type Work<C, R> =
  | { readonly read: (reader: Reader, call: C) => Promise<R> }
  | {
      readonly write: (tx: Tx, call: C) => Promise<R>
      readonly shared?: (scope: RowScope, call: C, around: Around<R> | undefined) => Promise<R>
      readonly lines?: (scope: RowScope, lines: Readable, call: C) => Promise<R>
    }
  | { readonly staged: Staged<C, R> }
  | { readonly handle: (call: C) => Promise<R | FastifyReply> }

type Described<
  Params extends TSchema,
  Query extends TSchema,
  Body extends TSchema,
  Response extends TSchema,
> = {
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly url: string
  /** `<resource>.<method>`: the name in the SDKs. */
  readonly operation: string
  readonly summary: string
  readonly description?: string
  /** The status of success and what it carries; no schema: no body. */
  readonly status: 200 | 201 | 204
  readonly response?: Response
  /** Its answer carries a secret: never cached, and kept sealed for its Idempotency-Key. As of every session's route. */
  readonly secret?: boolean
  /** Answers 202 with the same body when the work goes on. */
  readonly alsoAccepted?: boolean
  /** Another media type than JSON. */
  readonly produces?: string
  /** Of our own pages: neither documented nor in the SDKs. */
  readonly internal?: true
  /** The refusals this route can answer with, for the documentation. */
  readonly refuses?: readonly number[]
}

type AnyCall<Who> = Call<unknown, unknown, unknown, Who>
type Answered<S extends TSchema> = Static<S>

/** A route as the app registers it. */
export type Route = Described<TSchema, TSchema, TSchema, TSchema> & {
  readonly access: Access
  /** Its answers are never cached: they may carry a secret. */
  readonly secret: boolean
  readonly work:
    | { readonly kind: 'read'; run(reader: Reader, call: AnyCall<Principal>): Promise<unknown> }
    | {
        readonly kind: 'write'
        run(tx: Tx, call: AnyCall<Principal>): Promise<unknown>
        shared?(
          scope: RowScope,
          call: AnyCall<Principal>,
          around: Around<unknown> | undefined,
        ): Promise<unknown>
        lines?(scope: RowScope, lines: Readable, call: AnyCall<Principal>): Promise<unknown>
      }
    | { readonly kind: 'staged'; readonly run: Staged<AnyCall<Principal>, unknown> }
    | { readonly kind: 'handle'; run(call: AnyCall<Principal | undefined>): Promise<unknown> }
}

/** A route for anyone. */
export function publicRoute<
  P extends TSchema = TUnknown,
  Q extends TSchema = TUnknown,
  B extends TSchema = TUnknown,
  S extends TSchema = TVoid,
>(
  route: Described<P, Q, B, S> & {
    handle: (call: Call<Static<P>, Static<Q>, Static<B>, undefined>) => Promise<Answered<S> | FastifyReply>
  },
): Route {
  return declare(route, { kind: 'public' })
}

/** A route for a member who is signed in; `roles` narrows it. */
export function sessionRoute<
  P extends TSchema = TUnknown,
  Q extends TSchema = TUnknown,
  B extends TSchema = TUnknown,
  S extends TSchema = TVoid,
>(
  route: Described<P, Q, B, S> & { readonly roles?: readonly Role[] } & Work<
      Call<Static<P>, Static<Q>, Static<B>, SessionPrincipal>,
      Answered<S>
    >,
): Route {
  return declare(route, { kind: 'session', roles: route.roles ?? everyRole })
}

/** A route for an API key that holds `scope`, or one of several, or a member in the dashboard whose role does. */
export function dataRoute<
  P extends TSchema = TUnknown,
  Q extends TSchema = TUnknown,
  B extends TSchema = TUnknown,
  S extends TSchema = TVoid,
>(
  route: Described<P, Q, B, S> & { readonly scope: Scope | readonly Scope[] } & Work<
      Call<Static<P>, Static<Q>, Static<B>, DataPrincipal>,
      Answered<S>
    >,
): Route {
  return declare(route, { kind: 'key', anyOf: [route.scope].flat() })
}

/** What the pages of one customer ask for. */
export function portalRoute<
  P extends TSchema = TUnknown,
  Q extends TSchema = TUnknown,
  B extends TSchema = TUnknown,
  S extends TSchema = TVoid,
>(
  route: Described<P, Q, B, S> & Work<Call<Static<P>, Static<Q>, Static<B>, PortalPrincipal>, Answered<S>>,
): Route {
  return declare({ internal: true, ...route }, { kind: 'link', opens: 'portal' })
}

/** What the page of one invoice asks for. */
export function payRoute<
  P extends TSchema = TUnknown,
  Q extends TSchema = TUnknown,
  B extends TSchema = TUnknown,
  S extends TSchema = TVoid,
>(
  route: Described<P, Q, B, S> & Work<Call<Static<P>, Static<Q>, Static<B>, PayPrincipal>, Answered<S>>,
): Route {
  return declare({ internal: true, ...route }, { kind: 'link', opens: 'pay' })
}

// The one place where the types of a route's own parts are let go: the validator holds the requests to them.
function declare(route: Described<TSchema, TSchema, TSchema, TSchema>, access: Access): Route {
  for (const kind of ['read', 'write', 'staged', 'handle'] as const) {
    const run: unknown = Reflect.get(route, kind)
    if (run !== undefined) {
      const [shared, lines] = [Reflect.get(route, 'shared'), Reflect.get(route, 'lines')] as unknown[]
      const work = { kind, run, ...(shared ? { shared } : {}), ...(lines ? { lines } : {}) } as Route['work']
      return { ...route, access, work, secret: route.secret ?? access.kind !== 'key' }
    }
  }
  throw new Error(`${route.operation} does nothing`)
}

/** A room of the house: its routes, and which constraint of its tables stands for which refusal. */
export type Slice = {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly routes: readonly Route[]
  /** Shapes with an `$id`, which other shapes refer to by `named`. */
  readonly schemas?: readonly TSchema[]
  readonly constraints?: Readonly<Record<string, RefusalCode>>
}

/** What the server's routes share while they run, besides `Deps`. */
export type Runtime = {
  readonly principals: Principals
  readonly usage: KeyUsage
  readonly journal: RequestJournal
  readonly logins: LoginGuard
}
