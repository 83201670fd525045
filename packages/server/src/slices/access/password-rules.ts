import commonPasswords from 'fxa-common-password-list'
import { invalid } from '../../refusal.ts'

/**
 * NIST 800-63B §5.1.1: long enough and not well known; no rules of composition. The length is the schema's.
 * @throws Refusal that names the field
 */
export function checkPassword(path: string, password: string, email: string): void {
  const lower = password.toLowerCase()
  if (commonPasswords.test(lower)) {
    throw invalid({
      path,
      message: 'is one of the most used passwords. Choose one that is yours, such as four random words',
    })
  }
  if (lower === email || lower === email.split('@')[0]) {
    throw invalid({ path, message: 'must not be your e-mail address' })
  }
}
