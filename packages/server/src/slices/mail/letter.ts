import type { Logo } from '../../documents/index.ts'

/** Whose letter it is: the name at its head, the colour of its button, a logo where there is one. */
export type Sender = {
  readonly name: string
  readonly color: string | null
  readonly logo: Logo | null
}

/** A mail as it is written: the words in their language, a few facts, and where its one button leads. */
export type Letter = {
  readonly language: string
  readonly isRightToLeft: boolean
  readonly subject: string
  readonly greeting: string
  readonly paragraphs: readonly string[]
  readonly facts: readonly { readonly label: string; readonly value: string }[]
  readonly button: { readonly label: string; readonly url: string } | null
  /** What stands before the button's address, for those whose button does nothing. */
  readonly fallback: string
  readonly footer: readonly string[]
}

/** The letter as plain text. */
export function asText({ greeting, paragraphs, facts, button, footer }: Letter): string {
  const table = facts.map(({ label, value }) => `${label}: ${value}`).join('\n')
  const parts = [
    greeting,
    ...paragraphs,
    ...(table === '' ? [] : [table]),
    ...(button ? [`${button.label}:\n${button.url}`] : []),
    '-- ',
    footer.join('\n'),
  ]
  return `${parts.join('\n\n')}\n`
}
