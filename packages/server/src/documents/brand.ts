const ink = '#1a1f36'

/** The colours of a document: `accent` for ornament, `text` for words in the brand's colour, which must be readable. */
export type Brand = { readonly accent: string; readonly text: string; readonly onAccent: string }

/** A brand's colours; ink where there is none or it is no `#rrggbb`. Words want a contrast of 4.5 (WCAG 2.2 §1.4.3). */
export function brandOf(color: string | null | undefined): Brand {
  const accent = color && /^#[\da-f]{6}$/iu.test(color) ? color.toLowerCase() : ink
  const contrastOnWhite = 1.05 / (luminanceOf(accent) + 0.05)
  const readable = contrastOnWhite >= 4.5
  return { accent, text: readable ? accent : ink, onAccent: readable ? '#ffffff' : ink }
}

function luminanceOf(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return share <= 0.039_28 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
