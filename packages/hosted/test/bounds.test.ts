import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { test } from 'node:test'
import { noBrowser, seriousFaults } from '../../dashboard/test/browser.ts'
import { guest, owing, portalUrl, startPages } from './story.ts'

const server = await startPages()
const assets = new URL('../dist/assets/', import.meta.url)

test(
  'all that a page loads is less than 100 kB of compressed script, in every language',
  { skip: noBrowser },
  async () => {
    await guest()
    let bytes = 0
    for (const name of await readdir(assets))
      if (name.endsWith('.js.br')) bytes += (await readFile(new URL(name, assets))).length
    assert.ok(bytes > 0 && bytes < 40_000, `${bytes} bytes`)
  },
)

test(
  'a page runs scripts of its own alone, is framed by nobody, and tells no one its address',
  { skip: noBrowser },
  async () => {
    await guest()
    const { as, customer, invoice } = await owing(server)
    for (const url of [invoice.hostedUrl, await portalUrl(as, customer.id)]) {
      const { headers, status } = await fetch(url)
      assert.equal(status, 200)
      const policy = headers.get('content-security-policy') ?? ''
      for (const part of [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ])
        assert.ok(policy.split('; ').includes(part), part)
      assert.ok(!/unsafe|nonce|\*/.test(policy))
      assert.equal(headers.get('referrer-policy'), 'no-referrer')
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.equal(headers.get('x-robots-tag'), 'noindex, nofollow')
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.equal(headers.get('set-cookie'), null)
      assert.equal(headers.get('access-control-allow-origin'), null)
    }
  },
)

test(
  'six languages, one from right to left, hold on a narrow phone without running over its edge',
  { skip: noBrowser },
  async () => {
    const { as, customer, invoice } = await owing(server, { locale: 'ar-EG' }, 'sandbox_declined')
    const { page, errors } = await guest({ width: 320, height: 640 })
    const urls = [invoice.hostedUrl, await portalUrl(as, customer.id)]
    const titles = {
      en: /Overdue|Payment failed/,
      fr: /Paiement échoué/,
      sw: /Malipo yameshindikana/,
      ar: /فشل الدفع/,
      am: /ክፍያው አልተሳካም/,
      pt: /Pagamento falhou/,
    }
    for (const url of urls) {
      await page.goto(url)
      // The customer's own language, before anybody has chosen one.
      if (url === urls[0]) await page.getByText(titles.ar).first().waitFor()
      for (const [language, title] of Object.entries(titles)) {
        await page.getByRole('combobox').selectOption(language)
        await page.getByText(title).first().waitFor()
        const { dir, lang } = await page.evaluate(() => ({
          dir: document.documentElement.dir,
          lang: document.documentElement.lang,
        }))
        assert.deepEqual([lang, dir], [language, language === 'ar' ? 'rtl' : 'ltr'])
        const over = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        assert.equal(over, 0, `${language} runs over by ${over}`)
        assert.deepEqual(await seriousFaults(page), [], language)
      }
    }
    assert.deepEqual(errors, [])
  },
)

test(
  'the language chosen last is spoken, also when the words of one before arrive later',
  { skip: noBrowser },
  async () => {
    const { invoice } = await owing(server, { locale: 'pt-BR' })
    const { page } = await guest()
    const held = Promise.withResolvers<void>()
    await page.route('**/assets/pt-*.js', async (route) => {
      await held.promise
      await route.continue()
    })
    const words = page.waitForRequest('**/assets/pt-*.js')
    await page.goto(invoice.hostedUrl)
    await words
    await page.getByRole('combobox').selectOption('fr')
    await page.getByText('Payer').first().waitFor()
    const arrived = page.waitForResponse('**/assets/pt-*.js')
    held.resolve()
    await (await arrived).finished()
    // By the next frame the late words have been taken or left.
    await page.evaluate(() => new Promise(requestAnimationFrame))
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'fr')
  },
)

test(
  'a name that is markup, long, Arabic and an emoji, and an amount of a thousand billion, are shown as they are',
  { skip: noBrowser },
  async () => {
    const name = `<img src=x onerror="document.title='taken'"> محمد 🧾 ${'Long'.repeat(36)}`
    const { as, customer } = await owing(server, { name }, 'sandbox_succeeds')
    const huge = await as('POST', '/invoices', {
      customerId: customer.id,
      items: [
        {
          description: `<script>document.title='taken'</script> ${'w'.repeat(180)}`,
          quantity: 1,
          unitAmount: 1_000_000_000_000,
        },
      ],
      autoFinalize: true,
    })
    assert.equal(huge.status, 201, huge.text)
    const { page, errors } = await guest({ width: 320, height: 640 })
    for (const url of [huge.body.hostedUrl, await portalUrl(as, customer.id)]) {
      await page.goto(url)
      await page
        .getByText(/1,000,000,000,000/)
        .first()
        .waitFor()
      assert.equal(await page.title(), 'Kazi Telecom')
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      assert.equal(over, 0)
    }
    assert.deepEqual(errors, [])
  },
)

test(
  'a link that is over, cut short or made up says so and shows nothing; a network that fails can be tried again',
  { skip: noBrowser },
  async () => {
    const { as, customer, invoice } = await owing(server)
    const { page } = await guest()
    const url = await portalUrl(as, customer.id, { expiresInMinutes: 5 })
    for (const dead of [
      `${server.origin}/portal/x`,
      invoice.hostedUrl.slice(0, -4),
      invoice.hostedUrl.replace('/pay/', '/portal/'),
    ]) {
      await page.goto(dead)
      await page.getByRole('heading', { name: 'This link does not open any more' }).waitFor()
      assert.deepEqual(await seriousFaults(page), [])
    }
    await page.route('**/api/hosted/**', (route) => route.abort())
    await page.goto(url)
    await page.getByText('There is no connection.').waitFor()
    await page.unroute('**/api/hosted/**')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Hello, Wanjiku' }).waitFor()
    server.clock.advance({ minutes: 6 })
    await page.reload()
    await page.getByRole('heading', { name: 'This link does not open any more' }).waitFor()
  },
)

test(
  'the browser keeps nothing of the link, no key and no session: only the language, and only once chosen',
  { skip: noBrowser },
  async () => {
    const { as, customer } = await owing(server)
    const { page } = await guest()
    await page.goto(await portalUrl(as, customer.id))
    await page.getByRole('heading', { name: 'Hello, Wanjiku' }).waitFor()
    const kept = () =>
      page.evaluate(() =>
        JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
      )
    assert.equal(await kept(), '[[],[],""]')
    await page.getByRole('combobox').selectOption('fr')
    await page.getByText('Bonjour, Wanjiku').waitFor()
    assert.equal(await kept(), '[[["language","fr"]],[],""]')
    for (const name of await readdir(assets))
      assert.ok(!/sk_live_|sk_test_|eyJhbGciOi/.test(await readFile(new URL(name, assets), 'utf8')), name)
  },
)
