import { createServer } from 'node:http'
import { BlockList } from 'node:net'
import type { Config } from '../config/index.ts'
import { type ListenSettings, listen, MAIN_SETTINGS, METRICS_SETTINGS, stopListening } from '../http/listen.ts'
import { askHttp } from './ask-http.ts'
import { about, type Finding, type Findings, reasonOf } from './finding.ts'
import { isParleyMetrics, isParleyStatus, STATUS_PATH } from './is-parley.ts'

const PRIVATE = new BlockList()
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
] as const) {
  PRIVATE.addSubnet(network, bits)
}

/** Where Parley listens, and where people find it. `mediaAddress`: what browsers are told to send voice to. */
export async function checkAddress(config: Config, mediaAddress: string | null): Promise<readonly Finding[]> {
  const { host, port, metricsPort, metricsEnabled } = config
  const ports = [await checkPort(about('port', 'Port'), host, port, MAIN_SETTINGS, isParley)]
  if (metricsPort !== null && metricsEnabled) {
    const isOurs: Recognize = (at) => saysMetrics(at, config.metricsToken)
    ports.push(await checkPort(about('metrics-port', 'Port of metrics'), host, metricsPort, METRICS_SETTINGS, isOurs))
  }
  return [...ports, checkHost(config), ...(mediaAddress === null ? [] : [checkMediaAddress(config, mediaAddress)])]
}

/** Whether Parley serves at this host and port. */
type Recognize = (at: string) => Promise<boolean>

async function checkPort(
  { well, wrong }: Findings,
  host: string,
  port: number,
  settings: ListenSettings,
  isOurs: Recognize,
): Promise<Finding> {
  const server = createServer()
  try {
    await listen(server, host, port, settings)
    await stopListening(server, 0)
    return well(`${host}:${port} is free.`)
  } catch (error) {
    const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
    if (await isOurs(`${name.includes(':') ? `[${name}]` : name}:${port}`))
      return well(`Parley serves on ${host}:${port}.`)
    const [why = '', ...advice] = reasonOf(error).split(/(?<=\.) /)
    return wrong(why, advice.join(' '))
  }
}

/** Asks over both schemes, as the certificate is another check's. */
async function isParley(at: string): Promise<boolean> {
  return (await saysParley(`http://${at}${STATUS_PATH}`)) || (await saysParley(`https://${at}${STATUS_PATH}`))
}

/** Whoever serves there need not show a certificate for the name by which it is asked here. */
async function saysParley(url: string): Promise<boolean> {
  try {
    return isParleyStatus((await askHttp(new URL(url), { isAnyCertificateGood: true })).body)
  } catch {
    return false
  }
}

/** Nothing else is served at the port of metrics. */
async function saysMetrics(at: string, token: string | null): Promise<boolean> {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` }
  try {
    return isParleyMetrics((await askHttp(new URL(`http://${at}/metrics`), { headers })).body)
  } catch {
    return false
  }
}

function checkHost({ host, environment, trustProxy }: Config): Finding {
  const { well, note } = about('host', 'Who reaches it')
  const isOwnOnly = /^(127\.|localhost$|::1$)/.test(host)
  if (isOwnOnly && environment === 'production' && trustProxy.kind === 'none') {
    return note(
      `HOST is ${host}, and TRUST_PROXY names no proxy: nobody but this machine reaches it.`,
      'Put nginx in front (deploy/nginx) and set TRUST_PROXY=loopback, or set HOST=0.0.0.0.',
    )
  }
  if (!isOwnOnly && trustProxy.kind === 'hops') {
    return note(
      `TRUST_PROXY is a number, and HOST=${host} is open to others than the proxy: whoever reaches the port can name any address as theirs.`,
      "Name the proxy's address in TRUST_PROXY, or close the port for everybody else.",
    )
  }
  return well(isOwnOnly ? 'This machine alone, and what a proxy here passes on.' : `Everybody who reaches ${host}.`)
}

function checkMediaAddress({ mediaIp }: Config, address: string): Finding {
  const { well, note } = about('public-address', 'Address of media')
  if (!PRIVATE.check(address)) return well(`Browsers send voice and video to ${address}.`)
  return note(
    `Browsers are told to send voice and video to ${address}, which only people in the same network reach.`,
    mediaIp === null
      ? 'Set MEDIA_IP to the public address, and forward the ports of RTP_PORTS, TURN_PORT and TURN_RELAY_PORTS.'
      : 'Set MEDIA_IP to the public address, unless all of them are in that network.',
  )
}
