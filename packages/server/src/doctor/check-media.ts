import { readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@parley/core'
import type { Config } from '../config/index.ts'
import { inspectJanus } from '../media/inspect-janus.ts'
import { commandsFor } from '../media/install-media.ts'
import { addressOutside, type Machine, planMedia, planTurn } from '../media/media-plan.ts'
import { RelayRefused } from '../media/turn/allocation.ts'
import { openCoturn } from '../media/turn/open-coturn.ts'
import { tryRelay } from '../media/turn/try-relay.ts'
import { createTurn } from '../media/turn/turn-credentials.ts'
import type { TurnTransport } from '../media/turn/turn-line.ts'
import { about, type Finding, reasonOf } from './finding.ts'

const CREDENTIAL_S = 60

interface Relay {
  readonly host: string
  readonly port: number
  readonly tlsPort: number | null
  readonly secret: string
}

/** Janus, asked to make a room; and the relay, made to relay. */
export async function checkMedia(config: Config, machine: Machine, clock: Clock): Promise<readonly Finding[]> {
  if (config.role === 'api') return []
  return [...(await checkJanus(config, machine, clock)), ...(await checkTurn(config, machine, clock))]
}

async function checkJanus(config: Config, machine: Machine, clock: Clock): Promise<readonly Finding[]> {
  const { well, note, wrong } = about('janus', 'Janus')
  const plan = planMedia(config, machine)
  switch (plan.kind) {
    case 'off':
      return [note('MEDIA is off: there is no voice.')]
    case 'mesh':
      return [note(`Voice goes from browser to browser, up to 6 in a room: ${plan.why}.`)]
    case 'impossible':
      return [wrong(`MEDIA=janus, but ${plan.why}.`, commandsFor(['janus']))]
    case 'own-janus':
      return [well(`It is installed, and started with Parley on ${plan.address}.`)]
    case 'janus':
      return Promise.all(plan.urls.map((url) => checkOneJanus(url, config, clock)))
  }
}

async function checkOneJanus(url: string, config: Config, clock: Clock): Promise<Finding> {
  const { well, wrong } = about('janus', `Janus at ${new URL(url).host || url}`)
  const server = { url, apiSecret: config.janusApiSecret, adminKey: config.janusAdminKey, recordingsFolder: null }
  try {
    const { version, trouble } = await inspectJanus(server, clock)
    if (trouble !== null) return wrong(`It ${trouble.found}.`, trouble.advice)
    return well(`${version} made a room and removed it.`)
  } catch (error) {
    return wrong(
      `${reasonOf(error)}.`,
      'See that it runs, that its WebSocket transport is on, and that JANUS_URLS is right.',
    )
  }
}

async function checkTurn(config: Config, machine: Machine, clock: Clock): Promise<readonly Finding[]> {
  const { note, wrong } = about('turn', 'TURN')
  const plan = planTurn(config, machine)
  const { turnPort: port } = config
  const tlsPort = config.turnTls ? config.turnTlsPort : null
  if (plan.kind === 'none') {
    return [note(`No relay, because ${plan.why}: people in strict networks hear nobody.`, commandsFor(['coturn']))]
  }
  if (plan.kind === 'elsewhere') return relayFindings({ host: plan.host, port, tlsPort, secret: plan.secret }, clock)
  const outside = addressOutside(config.mediaIp, machine)
  const secret = config.turnSecret ?? keptTurnSecret(config.dataDir)
  const folder = await mkdtemp(join(tmpdir(), 'parley-doctor-'))
  // Started by root, coturn is somebody else, who has to come through.
  await chmod(folder, 0o711)
  try {
    await using started = await startForTrial(config, plan.address, outside, folder, clock)
    if (started === null && secret === null) {
      return [
        note(
          `Something serves on port ${port}, and its secret in DATA_DIR can not be read.`,
          'Run this as the user that runs Parley.',
        ),
      ]
    }
    return await relayFindings(
      { host: plan.address, port, tlsPort: null, secret: started?.secret ?? secret ?? '' },
      clock,
    )
  } catch (error) {
    return [wrong(`coturn does not start: ${reasonOf(error)}.`, 'See what is said there, and in the log of Parley.')]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Starts it as the server would; `null` when its port is taken, as it is while the server runs. */
async function startForTrial(config: Config, address: string, outside: string | null, folder: string, clock: Clock) {
  const secret = config.turnSecret ?? 'made for this trial alone'
  const lines: string[] = []
  const note = (_fields: object, line: string) => void lines.push(line)
  const settings = {
    address,
    publicAddress: outside,
    port: config.turnPort,
    relayPorts: config.turnRelayPorts,
    realm: config.turnRealm ?? config.turnHost ?? address,
    secret,
    allowedPeers: [],
    tls: null,
  }
  try {
    const coturn = await openCoturn(settings, {
      clock,
      logger: { debug: note, info: note, warn: note },
      folder: join(folder, 'coturn'),
    })
    const failure = await coturn.firstTry
    if (failure === null) return { secret, [Symbol.asyncDispose]: coturn[Symbol.asyncDispose] }
    await coturn[Symbol.asyncDispose]()
    throw new Error(failure)
  } catch (error) {
    if (reasonOf(error).includes('is taken')) return null
    throw error
  }
}

function keptTurnSecret(dataDir: string): string | null {
  try {
    return readFileSync(join(dataDir, 'turn-secret'), 'utf8').trim()
  } catch {
    return null
  }
}

async function relayFindings({ host, port, tlsPort, secret }: Relay, clock: Clock): Promise<readonly Finding[]> {
  const server = { host, port, tlsPort, realm: host, secret }
  const login = createTurn({ server, stunUrls: [], ttlS: CREDENTIAL_S, now: () => clock.now() }).credentialsFor(
    'doctor',
  )
  if (login === null) return []
  const attempt = async (transport: TurnTransport, at: number): Promise<Finding> => {
    const { well, wrong } = about(`turn-${transport}`, `TURN over ${transport.toUpperCase()}`)
    try {
      const { relayedAddress, roundTripMs } = await tryRelay({ host, port: at, transport, login })
      return well(`${host}:${at} relays, from ${relayedAddress}, there and back in ${roundTripMs.toFixed(1)} ms.`)
    } catch (error) {
      const found = `${host}:${at} can not be used: ${reasonOf(error)}.`
      return wrong(found, adviceFor(error))
    }
  }
  return [
    await attempt('udp', port),
    await attempt('tcp', port),
    ...(tlsPort === null ? [] : [await attempt('tls', tlsPort)]),
  ]
}

function adviceFor(error: unknown): string {
  if (!(error instanceof RelayRefused)) {
    return 'See that it runs, that its ports are open in every firewall, and that TURN_HOST and TURN_PORT are right.'
  }
  switch (error.code) {
    case 401:
      return "TURN_SECRET must be coturn's static-auth-secret, with use-auth-secret set, and both clocks in step."
    case 403:
      return "It does not relay to its own address: allow it with allowed-peer-ip in coturn's configuration."
    case 486:
    case 508:
      return 'It has no place left: raise its quotas, or the range of its relay ports.'
    default:
      return 'See its log.'
  }
}
