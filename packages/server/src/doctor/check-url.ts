import { lookup } from 'node:dns/promises'
import { askHttp } from './ask-http.ts'
import { compareClock, type OtherClock } from './check-clock.ts'
import { about, type Finding, reasonOf } from './finding.ts'
import { isParleyStatus, STATUS_PATH } from './is-parley.ts'

const SOON_DAYS = 14
/** A Date header has whole seconds. */
const DATE_STEP_MS = 1000

/** The address that people use, asked as they do. */
export async function checkUrl(
  url: URL,
): Promise<{ readonly findings: readonly Finding[]; readonly clock: OtherClock | null }> {
  const { well, note, wrong } = about('public-url', 'Public address')
  try {
    await lookup(url.hostname)
  } catch {
    const advice = 'Make an A record (and AAAA) for it that leads to this machine or its proxy.'
    return { findings: [wrong(`The name ${url.hostname} leads nowhere.`, advice)], clock: null }
  }
  try {
    const askedAtMs = Date.now()
    const { answer, body, daysLeft } = await askHttp(new URL(STATUS_PATH, url))
    const answeredAtMs = Date.now()
    const date = Date.parse(answer.headers.date ?? '')
    const clock = Number.isNaN(date) ? null : compareClock(url.hostname, date, askedAtMs, answeredAtMs, DATE_STEP_MS)
    if (answer.statusCode !== 200 || !isParleyStatus(body)) {
      const found = `${url.origin} answers ${answer.statusCode}, and not as Parley does.`
      return { findings: [wrong(found, 'See that the proxy passes on to Parley, and that Parley runs.')], clock }
    }
    if (url.protocol === 'http:') return { findings: [note(`${url.origin} answers, without TLS.`)], clock }
    if (answer.headers['strict-transport-security'] === undefined) {
      const found = `${url.origin} answers, but Parley does not believe that it is reached over TLS.`
      return { findings: [wrong(found, 'Name the proxy in TRUST_PROXY, and let it set X-Forwarded-Proto.')], clock }
    }
    const until = daysLeft === null ? '' : `, with a certificate for ${daysLeft} more days`
    const found = `${url.origin} answers${until}.`
    return {
      findings: [daysLeft !== null && daysLeft < SOON_DAYS ? note(found, 'Renew it: certbot renew') : well(found)],
      clock,
    }
  } catch (error) {
    const found = `${url.origin} can not be reached: ${reasonOf(error)}.`
    const advice =
      'See that the port is open in every firewall, that the proxy runs, and that the certificate is one of an authority.'
    return { findings: [wrong(found, advice)], clock: null }
  }
}
