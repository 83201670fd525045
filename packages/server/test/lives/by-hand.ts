import assert from 'node:assert/strict'
import type { Caller } from '../harness.ts'
import type { Document } from './walk.ts'
import type { ByHand, HandKind } from './wishes.ts'

type Documents = { readonly invoices: readonly Document[]; readonly creditNotes: readonly Document[] }

/** What is done to the invoices of a life by hand, and what that gave back of them. */
export class HandBook {
  readonly #as: Caller
  readonly #factor: number
  readonly #notes = new Set<string>()

  constructor(as: Caller, factor: number) {
    this.#as = as
    this.#factor = factor
  }

  async act(
    { kind, place, percent, refund }: ByHand,
    documents: Documents,
  ): Promise<{ kind: HandKind; isDone: boolean }> {
    const issued = documents.invoices.filter(({ status }) => ['PENDING', 'PAID', 'FAILED'].includes(status))
    const invoice = issued[place % issued.length]
    if (!invoice) return { kind, isDone: false }
    const line = invoice.items[place % invoice.items.length]
    const part = (amount: number) => Math.ceil((amount * this.#factor * percent) / 100) / this.#factor
    if (kind === 'takeBack') {
      const note = documents.creditNotes.findLast(
        ({ id, status }) => this.#notes.has(id) && status !== 'VOIDED',
      )
      return { kind, isDone: note ? await this.#call(`/credit-notes/${note.id}/void`) : false }
    }
    if (kind === 'pay') return { kind, isDone: await this.#call(`/invoices/${invoice.id}/mark-paid`) }
    const what =
      kind === 'credit'
        ? { amount: part(invoice.total) }
        : { items: [{ lineId: line?.id, amount: part(line?.amount ?? 0) }] }
    if (invoice.total === 0 || line?.amount === 0) return { kind, isDone: false }
    const body = { invoiceId: invoice.id, reason: 'OTHER', refund, ...what }
    return { kind, isDone: await this.#call('/credit-notes', body) }
  }

  async #call(path: string, body: object = {}): Promise<boolean> {
    const { status, body: answer, text } = await this.#as('POST', path, body)
    if (status === 409) return false
    assert.ok(status === 200 || status === 201, `${path} ${JSON.stringify(body)}: ${status} ${text}`)
    if (status === 201) this.#notes.add(answer.id)
    return true
  }

  /**
   * What was given back by hand, in minor units, and how much of that a change may have found given back already: a
   * line is never credited beyond itself, so what was given back of one that has nothing left may be for days that
   * were credited anyhow.
   */
  account(invoices: readonly Document[], notes: readonly Document[]): { credited: number; slack: number } {
    const minor = (amount: number): number => Math.round(amount * this.#factor)
    const lines = new Map(invoices.flatMap(({ items }) => items.map(({ id, amount }) => [id, minor(amount)])))
    const [left, byHand] = [new Map(lines), new Map<string, number>()]
    let slack = 0
    for (const { id, status, items } of notes) {
      for (const { lineId = '', amount } of items) {
        if (status === 'VOIDED') {
          // Whatever credited the line meanwhile was held to what it left.
          slack += minor(amount)
          continue
        }
        left.set(lineId, (left.get(lineId) ?? 0) - minor(amount))
        if (this.#notes.has(id)) byHand.set(lineId, (byHand.get(lineId) ?? 0) + minor(amount))
      }
    }
    let credited = 0
    for (const [lineId, given] of byHand) {
      const isEmpty = (left.get(lineId) ?? 0) <= 0
      assert.ok((left.get(lineId) ?? 0) >= 0, 'a line is never credited beyond itself')
      credited += given
      if (isEmpty) slack += given
    }
    return { credited, slack }
  }
}
