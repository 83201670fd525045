import { am } from './am.ts'
import { ar } from './ar.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'
import { pt } from './pt.ts'
import { sw } from './sw.ts'
import type { MailWords } from './words.ts'

export const wordsByLanguage: Readonly<Record<string, MailWords>> = { en, fr, pt, sw, ar, am }
export type { MailWords } from './words.ts'

/** The words of a language; English where we have none. */
export function wordsOf(language: string): MailWords {
  return wordsByLanguage[language] ?? en
}

/**
 * Fills the holes of a sentence. Values come from strangers: a line break or a mark that turns the direction of what
 * follows would change more than their own place.
 */
export function fill(
  sentence: string,
  values: Readonly<Record<string, string>>,
  around: readonly [string, string] = ['', ''],
): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (hole, name: string) => {
    const value = values[name]
    return value === undefined ? hole : around[0] + plain(value) + around[1]
  })
}

/** A stranger's text on one line, without control characters and marks of direction. */
function plain(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim()
}
