import { newSecret } from '../../../core/index.ts'
import { sameSecret } from '../sameSecret.ts'

/** Of this start alone: one that was printed yesterday, or used, opens nothing. */
export class SignInKey {
  value: string | undefined = newSecret()
  async opens(key: string, adminHasPassword: () => Promise<boolean>): Promise<boolean> {
    const own = this.value
    if (own === undefined || !sameSecret(key, own)) return false
    // Taken before anything is waited for: of two that come at once one gets in.
    this.value = undefined
    try {
      return !(await adminHasPassword())
    } catch (error) {
      this.value = own
      throw error
    }
  }
}
