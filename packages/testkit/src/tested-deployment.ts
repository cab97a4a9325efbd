/** Under this name `npm run test:cluster` says what the tests are to run against. */
const DEPLOYMENT = 'PARLEY_TEST_DEPLOYMENT'

/**
 * What the servers that a test asks for are: one process each, or two nodes each, on Redis and PostgreSQL, behind the
 * nginx of `deploy/`. The only place that asks.
 */
export const isTestedOnTwoNodes = (): boolean => process.env[DEPLOYMENT] === 'two-nodes'

/** From now on in this process, and in those that it starts. */
export function testOnTwoNodes(): void {
  process.env[DEPLOYMENT] = 'two-nodes'
}
