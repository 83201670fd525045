import { type JSX, render } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { isPortal } from './api.ts'
import { wear } from './brand.ts'
import { type Language, Speaking, type Voice, choose, inPlace, languageFor, wordsOf } from './language.ts'
import { DeadLink, Unreachable } from './faults.tsx'
import { Frame, Skeleton } from './parts.tsx'
import { Pay } from './pay.tsx'
import { Portal } from './portal.tsx'
import type { PayPage, PortalPage } from './types.ts'
import { words } from './words/en.ts'
import { useAsked } from './use-asked.ts'
import './style.css'

/** A link is all that a page is: with it, it shows a customer or an invoice. */
function Page(): JSX.Element | null {
  const { found, fault, reload } = useAsked<PortalPage | PayPage>('')
  const [voice, setVoice] = useState<Voice>()
  const locale = found?.locale ?? null
  const isKnown = found !== undefined || fault !== undefined
  const latest = useRef({})
  const speak = async (wanted: { language: Language; locale: string }): Promise<void> => {
    latest.current = wanted
    const spoken = await wordsOf(wanted.language)
    // Words that arrive late are not for a language that has been left meanwhile.
    if (latest.current === wanted) setVoice({ ...wanted, words: spoken })
  }

  useEffect(() => {
    if (isKnown) void speak(languageFor(locale))
  }, [isKnown, locale])
  // Before anything is seen: what is read aloud or laid out is already in its language.
  useLayoutEffect(() => {
    if (!voice) return
    document.documentElement.lang = voice.language
    document.documentElement.dir = voice.language === 'ar' ? 'rtl' : 'ltr'
  }, [voice])
  const company = found?.company
  useEffect(() => {
    if (!company) return
    wear(company.brandColor)
    document.title = company.name
  }, [company?.name, company?.brandColor])

  const onLanguage = (language: Language): void => {
    choose(language)
    void speak({ language, locale: inPlace(language, locale) })
  }
  const spoken = voice ?? { language: 'en' as const, locale: 'en', words }
  return (
    <Speaking.Provider value={spoken}>
      <Frame company={company} onLanguage={onLanguage} wide={isPortal}>
        {shown()}
      </Frame>
    </Speaking.Provider>
  )

  function shown(): JSX.Element {
    if (fault === 'link') return <DeadLink />
    if (!found || !voice)
      return fault === undefined ? <Skeleton /> : <Unreachable code={fault} again={reload} />
    if ('invoice' in found) return <Pay page={found} reload={reload} />
    return <Portal page={found} reload={reload} />
  }
}

const root = document.querySelector('#root')
if (root) render(<Page />, root)
