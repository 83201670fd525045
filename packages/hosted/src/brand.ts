/** Puts the tenant's colour on the page, with black or white upon it, whichever can be read better. */
export function wear(color: string | null): void {
  if (color === null) return
  const channel = (at: number): number => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }
  // WCAG 2.2, relative luminance.
  const light = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
  const { style } = document.documentElement
  style.setProperty('--brand', color)
  style.setProperty('--on-brand', 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? '#fff' : '#000')
}
