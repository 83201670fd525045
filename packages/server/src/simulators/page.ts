import { choices, type Page } from './world.ts'

/** A plain page with a button for each thing a customer may do. Leaving it open is the fifth. */
export function pageHtml({ title, amount }: Page): string {
  const buttons = choices
    .map((choice) => `<button name="choice" value="${choice}">${choice.replaceAll('_', ' ')}</button>`)
    .join('\n')
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escape(title)}</title>
<h1>${escape(title)}</h1><p>Simulated: no money moves.</p><p>${escape(amount)}</p>
<form method="post">${buttons}</form></html>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
