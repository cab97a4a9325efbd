/** Slow, salted password hashes. The number at work at a time is capped; waiting callers queue. */
export interface PasswordHasher {
  hash(password: string): Promise<string>
  verify(password: string, hash: string): Promise<boolean>
}
