import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { newTenant, startServer } from '../../server/test/harness.ts'
import { noBrowser, seriousFaults, visitor } from './browser.ts'
import { heading, signIn } from './steps.ts'

const server = await startServer()

test(
  'two-factor is set up by clicks, asked for at the next sign-in, and switched off with a recovery code',
  { skip: noBrowser },
  async () => {
    const tenant = await newTenant(server)
    const { page, errors } = await visitor()
    await signIn(page, server.origin, tenant)
    const open = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Signed in as Ada Owner' }).click()
      await page.getByRole('menuitem', { name: 'Two-factor sign-in' }).click()
      await heading(page, 'Two-factor sign-in')
    }
    await open()
    await page.getByRole('button', { name: 'Set it up' }).click()
    await page.getByRole('img', { name: 'The key as a QR code' }).waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    const secret = (await page.getByTestId('totp-secret').textContent()) ?? ''
    const codeOfNow = (): string =>
      new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: server.clock.nowMs() })
    await page.getByLabel('The code that the app shows now').fill('000000')
    await page.getByRole('button', { name: 'Switch it on' }).click()
    await page.getByText('is not the code of now').waitFor()
    await page.getByLabel('The code that the app shows now').fill(codeOfNow())
    await page.getByRole('button', { name: 'Switch it on' }).click()
    const codes = ((await page.getByTestId('recovery-codes').textContent()) ?? '').split('\n')
    assert.equal(codes.length, 10)
    await page.getByRole('button', { name: 'I have it' }).click()
    await page.getByText('On', { exact: true }).waitFor()

    await page.context().clearCookies()
    server.clock.advance({ seconds: 30 })
    await page.goto(`${server.origin}/sign-in`)
    await page.getByLabel('E-mail').fill(tenant.email)
    await page.locator('input[type=password]').fill(tenant.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByLabel('Code').fill('000000')
    assert.deepEqual(await seriousFaults(page), [])
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Each code works once').waitFor()
    await page.getByLabel('Code').fill(codeOfNow())
    await page.getByRole('button', { name: 'Sign in' }).click()
    await heading(page, 'Home')

    await open()
    await page.getByRole('button', { name: 'Switch off' }).click()
    await page.getByLabel('The code that the app shows now, or a recovery code').fill(codes[0] ?? '')
    await page.getByRole('button', { name: 'Switch it off' }).click()
    await page.getByText('Your password alone signs you in').waitFor()
    assert.equal((await tenant.session('GET', '/auth/two-factor')).body.isOn, false)
    assert.deepEqual(errors, [])
  },
)
