import type { Letter } from './letter.ts'
import { type Speech, letterIn } from './voice.ts'

/** The letters to a tenant's own members, by what they are about. */
export const memberLetters = {
  passwordReset({ words, ...speech }: Speech, { name, url }: { name: string; url: string }): Letter {
    const { subject, opening, once, button, footer } = words.passwordReset
    return letterIn(
      { words, ...speech },
      { name, subject, paragraphs: [opening, once], button: { label: button, url }, footer: [footer] },
    )
  },

  invitation(
    speech: Speech,
    {
      name,
      company,
      url,
      expiresAt,
    }: { name: string; company: string; url: string; expiresAt: Temporal.Instant },
  ): Letter {
    const { subject, opening, once, button, footer } = speech.words.invitation
    return letterIn(speech, {
      name: null,
      subject: speech.title(subject, { name, company }),
      paragraphs: [
        speech.say(opening, { name, company }),
        speech.say(once, { date: speech.instant(expiresAt) }),
      ],
      button: { label: button, url },
      footer: [footer],
    })
  },

  keyExpiring(
    speech: Speech,
    told: { member: string; company: string; key: string; environment: string; day: string },
  ): Letter {
    const { words } = speech
    const { subject, opening, ask, key, environment } = words.keyExpiring
    const { company, key: name } = told
    const date = speech.day(told.day)
    return letterIn(speech, {
      name: told.member,
      subject: speech.title(subject, { company, date }),
      paragraphs: [speech.say(opening, { name, company, date }), ask],
      facts: [
        { label: key, value: name },
        { label: environment, value: told.environment },
      ],
      footer: [words.forMembers],
    })
  },

  webhookDisabled(
    speech: Speech,
    told: {
      url: string
      reason: string
      why: 'GONE' | 'SILENT' | undefined
      lastStatus: number | null
      days: number
    },
  ): Letter {
    const { subject, opening, kept, gone, silent, answered, unanswered } = speech.words.webhookDisabled
    const last = told.lastStatus === null ? unanswered : answered
    const because =
      told.why === undefined
        ? told.reason
        : told.why === 'GONE'
          ? gone
          : speech.say(`${silent} ${last}`, { days: String(told.days), status: String(told.lastStatus) })
    return letterIn(speech, {
      name: null,
      subject,
      paragraphs: [speech.say(opening, { url: told.url }), because, kept],
      footer: [speech.words.forMembers],
    })
  },

  test(speech: Speech): Letter {
    const { subject, opening, footer } = speech.words.test
    return letterIn(speech, { name: null, subject, paragraphs: [opening], footer: [footer] })
  },
}
