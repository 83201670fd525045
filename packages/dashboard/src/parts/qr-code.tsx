import { QRCodeSVG } from 'qrcode.react'
import type { ReactNode } from 'react'

/** What a phone's camera reads; black on white in the dark too, as cameras want it. */
export function QrCode({ text }: { text: string }): ReactNode {
  return <QRCodeSVG value={text} size={176} marginSize={3} title="The key as a QR code" />
}
