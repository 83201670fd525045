import sax from 'sax'

/** An element: its name without a prefix, the text in it, and the elements in it. */
export type XmlElement = {
  readonly name: string
  readonly text: string
  readonly children: readonly XmlElement[]
}

const mostDeep = 32
const mostElements = 10_000

/** Text that is no XML, or XML of a kind that nobody honest sends. */
export class XmlError extends Error {}

/**
 * Reads an XML document of a stranger's. No document type is taken, so that no entity can be defined, fetched or blown
 * up; and neither depth nor number of elements is without bounds.
 * @throws XmlError
 */
export function readXml(text: string): XmlElement {
  type Open = { name: string; text: string; children: Open[] }
  const top: Open = { name: '', text: '', children: [] }
  const path = [top]
  let elements = 0
  const refuse = (why: string): never => {
    throw new XmlError(why)
  }
  const parser = new sax.SAXParser(true, { xmlns: false, position: false })
  const addText = (some: string): void => {
    const open = path.at(-1)
    if (open) open.text += some
  }
  Object.assign(parser, {
    onerror: () => refuse('It is no well-formed XML.'),
    ondoctype: () => refuse('It has a document type.'),
    onopentag({ name }: sax.Tag) {
      if (path.length > mostDeep) refuse('Its elements are too deep.')
      if (path.length === 1 && top.children.length > 0) refuse('It has two roots.')
      if (++elements > mostElements) refuse('It has too many elements.')
      const made: Open = { name: name.replace(/^.*:/, ''), text: '', children: [] }
      path.at(-1)?.children.push(made)
      path.push(made)
    },
    onclosetag: () => void path.pop(),
    ontext: addText,
    oncdata: addText,
  })
  parser.write(text).close()
  const [root] = top.children
  return root ?? refuse('It is empty.')
}

/** The element at the end of a path of names; the first of each name. */
export function elementIn(
  element: XmlElement | undefined,
  ...path: readonly string[]
): XmlElement | undefined {
  let found = element
  for (const name of path) found = found?.children.find((child) => child.name === name)
  return found
}

/** The text at the end of a path of names, without the space around it; undefined where there is none. */
export function textIn(element: XmlElement | undefined, ...path: readonly string[]): string | undefined {
  const text = elementIn(element, ...path)?.text.trim()
  return text === '' ? undefined : text
}

/** What an element holds: text, or elements by their names, several of one name as a list. Undefined leaves one out. */
export type XmlContent = string | { readonly [name: string]: XmlContent | readonly XmlContent[] | undefined }

/** Elements as XML, their texts escaped. The names are not: they are the writer's own. */
export function writeXml(content: XmlContent): string {
  if (typeof content === 'string') return escapeXml(content)
  return Object.entries(content)
    .flatMap(([name, held]) => {
      if (held === undefined) return []
      const all = isList(held) ? held : [held]
      return all.map((one) => `<${name}>${writeXml(one)}</${name}>`)
    })
    .join('')
}

function isList(held: XmlContent | readonly XmlContent[]): held is readonly XmlContent[] {
  return Array.isArray(held)
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** A text within XML. Characters that XML has no place for are left out. */
function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex -- these are the ones that XML forbids
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replaceAll(/[&<>"']/g, (one) => escapes[one] ?? '')
  )
}
