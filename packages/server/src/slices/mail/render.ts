import type { Letter, Sender } from './letter.ts'
import { letterPage } from './template.ts'

const logoId = 'logo'

/** A picture that a mail's HTML shows. */
export type Picture = { readonly id: string; readonly type: string; readonly bytes: Uint8Array }

/**
 * The letter as HTML. Its logo is a part of the mail (`cid:logo`), since pictures from elsewhere are not shown, and
 * those in an address neither. An SVG is drawn by too few mail programs: the name stands in its place.
 */
export async function asHtml(
  letter: Letter,
  sender: Sender,
): Promise<{ html: string; picture: Picture | null }> {
  // Brought in when the first mail is written: a process that writes none never pays for React.
  const { render } = await import('@react-email/render')
  const { logo } = sender
  const picture = logo && logo.type !== 'image/svg+xml' ? { id: logoId, ...logo } : null
  const html = await render(letterPage(letter, sender, picture ? `cid:${logoId}` : null))
  return { html, picture }
}
/** HTML of a mail for a browser, which has no parts of a mail to look into. */
export function forBrowser(html: string, picture: Picture | null): string {
  if (!picture) return html
  const url = `data:${picture.type};base64,${Buffer.from(picture.bytes).toString('base64')}`
  return html.replaceAll(`cid:${picture.id}`, url)
}
