import { type CSSProperties, type ReactElement, type ReactNode, createElement as h } from 'react'
import { brandOf } from '../../documents/index.ts'
import type { Letter, Sender } from './letter.ts'

const colors = { page: '#f2f4f7', card: '#ffffff', ink: '#1c2430', soft: '#5b6573', line: '#e3e7ec' }
const fonts =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans Arabic', 'Noto Sans Ethiopic', sans-serif"

/**
 * The page of every mail. Tables and inline styles, since that is what mail programs draw alike; React escapes all
 * text, and names come from strangers. `logoUrl`: where the picture is, such as `cid:logo`.
 */
export function letterPage(letter: Letter, sender: Sender, logoUrl: string | null): ReactElement {
  const direction = letter.isRightToLeft ? 'rtl' : 'ltr'
  const card = h(
    'table',
    {
      role: 'presentation',
      width: '100%',
      cellPadding: 0,
      cellSpacing: 0,
      border: 0,
      style: {
        maxWidth: 560,
        margin: '0 auto',
        background: colors.card,
        borderTop: `4px solid ${brandOf(sender.color).accent}`,
        borderRadius: 8,
      },
    },
    h(
      'tbody',
      null,
      h('tr', null, h('td', { style: { padding: '32px 32px 28px' } }, ...content(letter, sender, logoUrl))),
    ),
  )
  return h(
    'html',
    { lang: letter.language, dir: direction },
    h(
      'head',
      null,
      h('meta', { httpEquiv: 'Content-Type', content: 'text/html; charset=UTF-8' }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('meta', { name: 'color-scheme', content: 'light' }),
      h('title', null, letter.subject),
    ),
    h(
      'body',
      {
        style: {
          margin: 0,
          padding: '24px 12px',
          background: colors.page,
          color: colors.ink,
          font: `16px/1.5 ${fonts}`,
        },
      },
      preview(letter),
      h('div', { dir: direction, style: { textAlign: letter.isRightToLeft ? 'right' : 'left' } }, card),
    ),
  )
}

/** What a list of mails shows beside the subject. */
function preview({ paragraphs }: Letter): ReactElement {
  const style: CSSProperties = {
    display: 'none',
    overflow: 'hidden',
    lineHeight: '1px',
    maxHeight: 0,
    maxWidth: 0,
    opacity: 0,
  }
  return h('div', { style, 'aria-hidden': true }, paragraphs[0] ?? '')
}

function content(letter: Letter, sender: Sender, logoUrl: string | null): ReactNode[] {
  const { facts, button } = letter
  return [
    logoUrl === null
      ? h('p', { key: 'head', style: { margin: '0 0 24px', fontWeight: 700, fontSize: 18 } }, sender.name)
      : h('img', {
          key: 'head',
          src: logoUrl,
          alt: sender.name,
          height: 40,
          style: { display: 'block', height: 40, maxWidth: '100%', margin: '0 0 24px', border: 0 },
        }),
    ...[letter.greeting, ...letter.paragraphs].map((text, index) => paragraph(`text${index}`, text)),
    facts.length > 0 ? table(facts, letter.isRightToLeft) : null,
    button ? action(button, letter.fallback, sender) : null,
    h(
      'div',
      {
        key: 'foot',
        style: {
          marginTop: 28,
          paddingTop: 16,
          borderTop: `1px solid ${colors.line}`,
          color: colors.soft,
          fontSize: 13,
        },
      },
      ...letter.footer.map((line, index) => h('div', { key: index }, line)),
    ),
  ]
}

function paragraph(key: string, text: string): ReactElement {
  return h('p', { key, style: { margin: '0 0 16px' } }, text)
}

function table(facts: Letter['facts'], isRightToLeft: boolean): ReactElement {
  const end = isRightToLeft ? 'left' : 'right'
  const rows = facts.map(({ label, value }, index) => {
    const isLast = index === facts.length - 1
    const borderBottom = isLast ? 'none' : `1px solid ${colors.line}`
    const cell: CSSProperties = { padding: '10px 0', borderBottom, fontSize: 15 }
    return h(
      'tr',
      { key: index },
      h('td', { style: { ...cell, color: colors.soft } }, label),
      h('td', { align: end, style: { ...cell, textAlign: end, fontWeight: 600 } }, h('bdi', null, value)),
    )
  })
  return h(
    'table',
    {
      key: 'facts',
      role: 'presentation',
      width: '100%',
      cellPadding: 0,
      cellSpacing: 0,
      border: 0,
      style: { margin: '8px 0 16px', borderTop: `1px solid ${colors.line}` },
    },
    h('tbody', null, ...rows),
  )
}

function action(button: NonNullable<Letter['button']>, fallback: string, sender: Sender): ReactElement {
  const { accent, onAccent } = brandOf(sender.color)
  return h(
    'div',
    { key: 'action' },
    h(
      'p',
      { style: { margin: '24px 0' } },
      h(
        'a',
        {
          href: button.url,
          style: {
            display: 'inline-block',
            padding: '12px 22px',
            borderRadius: 6,
            background: accent,
            color: onAccent,
            textDecoration: 'none',
            fontWeight: 600,
          },
        },
        button.label,
      ),
    ),
    h(
      'p',
      { style: { margin: 0, color: colors.soft, fontSize: 13 } },
      fallback,
      h('br'),
      h('span', { dir: 'ltr', style: { wordBreak: 'break-all' } }, button.url),
    ),
  )
}
