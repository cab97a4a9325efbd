import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Config } from '../config/index.ts'
import { readTlsPair } from '../http/tls-files.ts'
import { about, type Finding, reasonOf } from './finding.ts'

const DAY_MS = 86_400_000
/** Most are renewed a month before. */
const SOON_DAYS = 14
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The certificate that is served here, if one is. */
export function checkTls(config: Config, nowMs: number): readonly Finding[] {
  const { useHttps, certPath, keyPath, trustProxy, environment } = config
  const { well, note, wrong } = about('tls', 'TLS')
  if (!useHttps || certPath === null || keyPath === null) {
    if (trustProxy.kind !== 'none') return [well('A proxy in front has it. --url https://… looks from outside.')]
    if (environment !== 'production')
      return [note('There is none: browsers then give no microphone, but on this machine.')]
    return [
      wrong(
        'There is none, here or in a proxy that TRUST_PROXY names: what people write can be read on the way.',
        'Put nginx in front (deploy/nginx) and set TRUST_PROXY, or set USE_HTTPS, CERT_PATH and KEY_PATH.',
      ),
    ]
  }
  try {
    readTlsPair({ certPath, keyPath })
    return [checkChain(readFileSync(certPath, 'utf8'), nowMs)]
  } catch (error) {
    return [wrong(`${reasonOf(error)}.`, 'Look at what renews it.')]
  }
}

/** Certificates in PEM, the server's own first. */
export function checkChain(pem: string, nowMs: number): Finding {
  const { well, note, wrong } = about('tls', 'TLS')
  const [own, ...above] = (pem.match(PEM) ?? []).map((text) => new X509Certificate(text))
  if (own === undefined) return wrong('CERT_PATH holds no certificate.', 'It is the fullchain.pem of your authority.')
  const names = (own.subjectAltName ?? own.subject).replaceAll(/DNS:|IP Address:/g, '')
  const daysLeft = Math.floor((own.validToDate.getTime() - nowMs) / DAY_MS)
  if (daysLeft < 0) return wrong(`The certificate for ${names} ended on ${own.validTo}.`, 'Renew it: certbot renew.')
  if (own.validFromDate.getTime() > nowMs) {
    return wrong(`The certificate for ${names} begins on ${own.validFrom}.`, "Set this machine's clock.")
  }
  const broken = [own, ...above].find((certificate, at, all) => {
    const issuer = all[at + 1]
    return issuer !== undefined && !certificate.checkIssued(issuer)
  })
  if (broken !== undefined) {
    return wrong(
      `The chain is broken: what follows ${broken.subject} did not sign it.`,
      "Put the server's certificate first, then that of who signed it, and so on.",
    )
  }
  const until = `for ${names}, ${daysLeft} days to go`
  if (above.length === 0 && own.issuer !== own.subject) {
    return note(`A certificate ${until}, without that of who signed it.`, 'Some clients need it: use fullchain.pem.')
  }
  if (own.issuer === own.subject && above.length === 0) {
    return note(
      `A certificate that nobody but itself signed, ${until}.`,
      'Browsers warn of it: take one of an authority.',
    )
  }
  if (daysLeft < SOON_DAYS)
    return note(`A certificate ${until}.`, 'See that something renews it: certbot renew --dry-run')
  return well(`A certificate ${until}, with its chain.`)
}
