import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { callbackify } from 'node:util'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

export type MailServer = {
  readonly url: string
  readonly port: number
  /** What it took, in order. */
  readonly received: ParsedMail[]
  /** Who signed in, by their passwords. */
  readonly logins: string[]
  /** Turns away every mail. */
  refuse: boolean
  /** What happens while a mail is being taken. */
  meanwhile: () => Promise<void>
  close(): Promise<void>
}

/** A mail server that takes everything and shows it, closed after the file's tests. */
export async function startMailServer(): Promise<MailServer> {
  const received: ParsedMail[] = []
  const logins: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth({ username, password }, _session, done) {
      logins.push(`${username}:${password}`)
      done(null, { user: username })
    },
    onMailFrom(_address, _session, done) {
      done(taken.refuse ? new Error('not today') : null)
    },
    onData(stream, _session, done) {
      // Read as it comes: the mail is taken once all of it has been understood.
      const parse = callbackify(async () => {
        const mail = await simpleParser(stream)
        await taken.meanwhile()
        return mail
      })
      parse((error, mail) => {
        if (!error) received.push(mail)
        done(error)
      })
    },
  })
  // A client that is killed in the middle of a mail is none of its business.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  const close = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()))
  const taken: MailServer = {
    url: `smtp://127.0.0.1:${port}`,
    port,
    received,
    logins,
    refuse: false,
    meanwhile: async () => {},
    close,
  }
  after(close)
  return taken
}
