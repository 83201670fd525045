import type { Config } from '../../config.ts'
import { StartupError } from '../../startup-error.ts'
import { providerNames } from './provider.ts'

/**
 * Other addresses of providers than their own, as the operator has set them: `PAYSTACK=https://…,STRIPE=https://…`.
 * @throws StartupError that names the fault
 */
export function providerUrls(
  config: Pick<Config, 'PROVIDER_URLS' | 'TEST_PROVIDER_URLS'>,
  isTest: boolean,
): ReadonlyMap<string, string> {
  const setting = isTest ? 'TEST_PROVIDER_URLS' : 'PROVIDER_URLS'
  const found = new Map<string, string>()
  for (const part of config[setting].split(',').map((one) => one.trim())) {
    if (part === '') continue
    const [name = '', url = ''] = part.split(/=(.*)/s)
    if (!providerNames.some((known) => known === name) || !/^https?:\/\/\S+$/.test(url)) {
      throw new StartupError(
        `${setting} has a part "${part}". Each is the name of a provider and an address, such as PAYSTACK=https://pay.example.com`,
      )
    }
    found.set(name, url.replace(/\/+$/, ''))
  }
  return found
}
