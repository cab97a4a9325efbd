import type { Clock, EventBus } from '@parley/core'
import type { Logger } from 'pino'
import type { Config } from '../config/index.ts'
import type { Authenticator } from './authenticator.ts'
import { createAuthenticator } from './create-authenticator.ts'
import { createJwks } from './jwks.ts'
import { keptSecret } from './kept-secret.ts'
import type { RevocationStore } from './revocation-store.ts'
import { openRevocations, type Revocations } from './revocations.ts'
import { fingerprintOf } from './secret-fingerprint.ts'
import { createSiteCheck } from './site-check.ts'

export interface AuthenticatorParts {
  readonly store: RevocationStore
  readonly bus: Pick<EventBus, 'publishToUsers' | 'subscribeUser'>
  readonly clock: Clock
  readonly logger: Logger
}

type Secrets = readonly [string, ...string[]]

/** Who is who, as this deployment says. Disposing stops looking for tokens that other processes took back. */
export interface OpenAuthenticator extends Disposable {
  readonly authenticator: Authenticator
  readonly revocations: Revocations
  /** The secrets by which tokens are verified; the first one signs. */
  readonly secrets: Secrets
  /** Fingerprints of these secrets. */
  readonly fingerprints: readonly string[]
}

export async function openAuthenticator(
  config: Config,
  { store, bus, clock, logger }: AuthenticatorParts,
): Promise<OpenAuthenticator> {
  const { jwtJwksUrl, jwtIssuer, jwtAudience, mainSiteUrl, tokenVerifyUrl } = config
  const report = (error: unknown) =>
    logger.warn({ err: error }, 'what is known of tokens could not be brought up to date')
  const jwks = jwtJwksUrl === null ? null : createJwks({ url: jwtJwksUrl, clock, report })
  void jwks?.warm()
  const site =
    tokenVerifyUrl === null
      ? null
      : createSiteCheck({
          url: new URL(tokenVerifyUrl, mainSiteUrl ?? undefined).href,
          clock,
          report: (isReachable, detail) =>
            isReachable
              ? logger.info('the main site answers again, and is asked of tokens')
              : logger.warn({ detail }, 'the main site can not be asked of tokens; their signatures decide'),
        })
  const revocations = await openRevocations({ store, bus, clock, report })
  const secrets = await secretsOf(config, logger)
  const authenticator = createAuthenticator({
    secrets,
    clock,
    jwks,
    issuer: jwtIssuer,
    audience: jwtAudience,
    site,
    revocations,
  })
  return {
    authenticator,
    revocations,
    secrets,
    fingerprints: secrets.map(fingerprintOf),
    [Symbol.dispose]: () => revocations[Symbol.dispose](),
  }
}

async function secretsOf({ jwtSecrets, dataDir }: Config, logger: Logger): Promise<Secrets> {
  const [first, ...others] = jwtSecrets
  if (first !== undefined) return [first, ...others]
  const { secret, path, isNew } = await keptSecret(dataDir)
  if (isNew) logger.info(`JWT_SECRET is not set: made one and kept it in ${path}`)
  return [secret]
}
