/** A mail as it is written: the words, and where its one button leads. */
export type Letter = {
  readonly subject: string
  readonly greeting: string
  readonly paragraphs: readonly string[]
  readonly button?: { readonly label: string; readonly url: string }
  readonly footer: string
}

/** The letter as plain text. */
export function asText({ greeting, paragraphs, button, footer }: Letter): string {
  const link = button ? [`${button.label}:\n${button.url}`] : []
  return `${[greeting, ...paragraphs, ...link, '-- ', footer].join('\n\n')}\n`
}

/** The letter as HTML. Everything in it is escaped: names come from strangers. */
export function asHtml({ subject, greeting, paragraphs, button, footer }: Letter): string {
  const words = [greeting, ...paragraphs].map((text) => `<p style="margin:0 0 16px">${escape(text)}</p>`)
  const link = button
    ? `<p style="margin:24px 0"><a href="${escape(button.url)}" style="display:inline-block;padding:12px 20px;border-radius:6px;background:#0b5fff;color:#ffffff;text-decoration:none;font-weight:600">${escape(button.label)}</a></p>
<p style="margin:0 0 16px;color:#5b6573;font-size:13px">If the button does not work, open this address:<br><span style="word-break:break-all">${escape(button.url)}</span></p>`
    : ''
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(subject)}</title></head>
<body style="margin:0;padding:24px 12px;background:#f2f4f7;color:#1c2430;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">
<div style="max-width:520px;margin:0 auto;padding:32px;border-radius:10px;background:#ffffff">
<p style="margin:0 0 24px;font-weight:700;font-size:18px">NovaBilling</p>
${words.join('\n')}
${link}
<p style="margin:24px 0 0;padding-top:16px;border-top:1px solid #e3e7ec;color:#5b6573;font-size:13px">${escape(footer)}</p>
</div>
</body>
</html>
`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character)
}
