import { type CodePointRange, covers } from './font-coverage.ts'

/** What each font can draw, in the order in which they are asked. */
export type Coverage = readonly (readonly CodePointRange[])[]

/** Text that is safe to set, with the direction it is read in. */
export type PlainText = { readonly text: string; readonly rightToLeft: boolean }

// Controls, bidi overrides and embeddings (U+202E turns "exe.pdf" into "fdp.exe"), interlinear marks, tags, and
// noncharacters: nothing a person wants to see. ZWJ and ZWNJ stay, scripts need them.
const unwanted =
  /[\p{Cc}\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\u{e0000}-\u{e0fff}]|\p{Variation_Selector}|\p{Cn}/gu
const lineBreak = /\r\n?|[\n\v\f\u0085\u2028\u2029]/gu
const firstStrong = /[\p{L}\p{Nl}]/u
const rightToLeftLetter =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u
const pictograph = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u20e3]/u
const invisible = /[\s\u200c\u200d]/u
const privateUse = /\p{Co}/u
const plainLatin = /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u017f]*$/u
const graphemes = new Intl.Segmenter('und')
const longestWord = 30

/**
 * What is printed of a text from outside. Controls and characters that turn the reading order are taken out, a run of
 * white space becomes a space, an endless word may break, and a character no font has becomes U+FFFD, so that the
 * reader sees that one is missing; a pictograph no font has is decoration and left out.
 */
export function plainText(from: string, coverage: Coverage): PlainText {
  const text = drawable(clean(from), coverage)
  const squeezed = text.replaceAll(/[\s\u00a0]+/gu, ' ').trim()
  return { text: breakable(squeezed), rightToLeft: readsRightToLeft(squeezed) }
}

/** The lines of a text that may have several, each as `plainText`; empty ones only between others. */
export function plainLines(from: string, coverage: Coverage): PlainText[] {
  const lines = from.split(lineBreak).map((line) => plainText(line, coverage))
  const first = lines.findIndex(({ text }) => text !== '')
  const last = lines.findLastIndex(({ text }) => text !== '')
  return first === -1 ? [] : lines.slice(first, last + 1)
}

function clean(from: string): string {
  return from
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .replaceAll(unwanted, '')
}

function drawable(text: string, coverage: Coverage): string {
  if (plainLatin.test(text)) return text
  return Array.from(graphemes.segment(text), ({ segment }) => drawableGrapheme(segment, coverage)).join('')
}

// One font draws a letter with its marks; a mark that the letter's font has not would be set as a hollow box.
function drawableGrapheme(grapheme: string, coverage: Coverage): string {
  const characters = Array.from(grapheme)
  const [base = ''] = characters
  const fonts = coverage.filter((font) => isDrawn(base, font))
  const font = fonts.find((one) => characters.every((character) => isDrawn(character, one))) ?? fonts[0]
  if (font) return characters.filter((character) => isDrawn(character, font)).join('')
  return pictograph.test(base) ? '' : '\ufffd'
}

function isDrawn(character: string, font: readonly CodePointRange[]): boolean {
  if (invisible.test(character)) return true
  // A private-use character means nothing outside the font that has it; PDF/A refuses it.
  return !privateUse.test(character) && covers(font, character.codePointAt(0) ?? 0)
}

function readsRightToLeft(text: string): boolean {
  const letter = firstStrong.exec(text)
  return letter !== null && rightToLeftLetter.test(letter[0])
}

// A zero width space is a place to break and no character of the word.
function breakable(text: string): string {
  return text.replaceAll(new RegExp(`[^ ]{${longestWord + 1},}`, 'gu'), (word) =>
    Array.from(graphemes.segment(word), ({ segment }, index) =>
      index > 0 && index % 10 === 0 ? `\u200b${segment}` : segment,
    ).join(''),
  )
}
