/** Where a page stands. `total`, `page` and `totalPages` are missing from pages reached by a cursor. */
export interface PageMeta {
  total?: number
  page?: number
  limit: number
  totalPages?: number
  nextCursor: string | null
}

/** The wire's form of a page. */
export type PageBody<T> = { readonly data: T[]; readonly meta: PageMeta }

/** Fetches the page at a cursor; without one, the page that was asked for. */
export type FetchPage<T> = (cursor: string | undefined) => Promise<PageBody<T>>

/** One page of a list. `for…of` goes over this page, `for await…of` over this and all that follow. */
export class Page<T> implements Iterable<T>, AsyncIterable<T> {
  readonly data: T[]
  readonly meta: PageMeta
  readonly #fetchPage: FetchPage<T>

  constructor(body: PageBody<T>, fetchPage: FetchPage<T>) {
    this.data = body.data
    this.meta = body.meta
    this.#fetchPage = fetchPage
  }

  get hasNextPage(): boolean {
    return this.meta.nextCursor !== null && this.meta.nextCursor !== undefined
  }

  /** The page after this one, or undefined when this is the last. */
  async nextPage(): Promise<Page<T> | undefined> {
    const { nextCursor } = this.meta
    if (nextCursor === null || nextCursor === undefined) return undefined
    return new Page(await this.#fetchPage(nextCursor), this.#fetchPage)
  }

  [Symbol.iterator](): Iterator<T> {
    return this.data[Symbol.iterator]()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    yield* this.data
    for (let page = await this.nextPage(); page !== undefined; page = await page.nextPage()) yield* page.data
  }
}

/**
 * A list call: awaited, it is the first page; in `for await…of`, every item of every page.
 *
 * @example
 * const page = await client.customers.list({ limit: 50 })
 * for await (const customer of client.customers.list()) console.log(customer.email)
 *
 * Nothing is sent before it is awaited or iterated, and then once.
 */
export class PageCall<T> implements PromiseLike<Page<T>>, AsyncIterable<T> {
  readonly #fetchPage: FetchPage<T>
  #first: Promise<Page<T>> | undefined

  constructor(fetchPage: FetchPage<T>) {
    this.#fetchPage = fetchPage
  }

  #firstPage(): Promise<Page<T>> {
    this.#first ??= this.#fetchPage(undefined).then((body) => new Page(body, this.#fetchPage))
    return this.#first
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a list call is meant to be awaited
  then<A = Page<T>, B = never>(
    whenDone?: ((page: Page<T>) => A | PromiseLike<A>) | null,
    whenRefused?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#firstPage().then(whenDone, whenRefused)
  }

  catch<B = never>(whenRefused?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Page<T> | B> {
    return this.#firstPage().catch(whenRefused)
  }

  finally(whenSettled?: (() => void) | null): Promise<Page<T>> {
    return this.#firstPage().finally(whenSettled)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    yield* await this.#firstPage()
  }
}
