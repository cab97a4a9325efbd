import { randomBytes } from 'node:crypto'
import { existsSync, globSync } from 'node:fs'
import { chown, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'

/** One Janus, as the plane reaches it. */
export interface JanusServer {
  /** `ws://` or `wss://`, or `ws+unix:/path/to.sock:/`. */
  readonly url: string
  /** Janus's `api_secret`; `null` when it has none. */
  readonly apiSecret: string | null
  /** The VideoRoom's `admin_key`, without which rooms can't be made; `null` when it has none. */
  readonly adminKey: string | null
  /** A folder that Janus may write to and this process reads; `null` when there is none: nothing is recorded there. */
  readonly recordingsFolder: string | null
}

export interface JanusFilesOptions {
  /** Everything is made in here, and what was there before is removed. Short: a socket's path has at most 107 bytes. */
  readonly folder: string
  /** The address of this machine for media. By default the first that is not the loopback interface's: Janus never uses that one. */
  readonly address?: string
  /** What browsers are told instead, when this machine stands behind a router that forwards the ports. */
  readonly publicAddress?: string
  /** UDP ports for media, both ends included; two for each person. */
  readonly rtpPorts?: readonly [first: number, last: number]
  /** Made when it is missing, and left alone otherwise. By default in the folder. */
  readonly recordingsFolder?: string
  /** The secrets by which it is asked. New ones by default; nodes have one `api_secret` and one `admin_key` for all of their servers. */
  readonly secrets?: Pick<JanusServer, 'apiSecret' | 'adminKey'>
  /** Who Janus will run as, when that isn't us. */
  readonly owner?: { readonly uid: number; readonly gid: number }
}

/** Generated configuration, and how to run Janus on it and reach it. */
export interface JanusFiles {
  readonly command: string
  readonly args: readonly string[]
  readonly server: JanusServer
  /** Where Janus tells about itself: `ws+unix:`, protocol `janus-admin-protocol`. */
  readonly admin: { readonly url: string; readonly secret: string }
}

interface JanusProgram {
  readonly command: string
  /** The folder in which `plugins` and `transports` are. */
  readonly libraries: string
}

const DEFAULT_PORTS = [20_000, 20_999] as const
/** The length of `sun_path`, without the closing zero byte. */
const MAX_SOCKET_PATH_BYTES = 107

/** Where Janus is installed; `null` when it is not, or lacks what rooms need. */
export function findJanus(): JanusProgram | null {
  const command = ['/usr/bin/janus', '/usr/local/bin/janus', '/opt/janus/bin/janus'].find((path) => existsSync(path))
  const libraries = ['/usr/lib/*/janus', '/usr/lib/janus', '/usr/local/lib/janus', '/opt/janus/lib/janus']
    .flatMap((pattern) => globSync(pattern))
    .find((folder) => existsSync(join(folder, PLUGIN)) && existsSync(join(folder, TRANSPORT)))
  return command === undefined || libraries === undefined ? null : { command, libraries }
}

const PLUGIN = 'plugins/libjanus_videoroom.so'
const TRANSPORT = 'transports/libjanus_websockets.so'

/** The IPv4 address for media when none is configured; `null` on a machine without a network: Janus can't serve there. */
export function findMediaAddress(): string | null {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? null
}

/**
 * Writes the configuration of a Janus of our own: VideoRoom alone, reached through UNIX sockets that nobody else can
 * open, with new secrets each time. Nothing of /etc/janus is read. Throws when Janus is missing or can't serve here.
 */
export async function writeJanusFiles(options: JanusFilesOptions): Promise<JanusFiles> {
  const program = findJanus()
  if (program === null) throw new Error('Janus is not installed')
  const address = options.address ?? findMediaAddress()
  if (address === null) throw new Error('Janus needs a network: this machine has no IPv4 address but its own loopback')

  const folder = resolve(options.folder)
  const at = (...names: string[]) => join(folder, ...names)
  const sockets = { api: at('sock', 'api'), admin: at('sock', 'admin') }
  if (Buffer.byteLength(sockets.admin) > MAX_SOCKET_PATH_BYTES)
    throw new Error(`The path of Janus's folder is too long for a socket in it: ${folder}`)
  const secrets = {
    api: options.secrets?.apiSecret ?? newSecret(),
    admin: newSecret(),
    rooms: options.secrets?.adminKey ?? newSecret(),
  }

  await rm(folder, { recursive: true, force: true })
  const made: string[] = []
  const recordingsFolder = resolve(options.recordingsFolder ?? at('recordings'))
  const folders = ['', 'conf', 'sock', 'plugins', 'transports', 'events', 'loggers'].map((name) => at(name))
  for (const path of [...folders, recordingsFolder]) {
    await mkdir(path, { recursive: true, mode: 0o700 })
    made.push(path)
  }
  // Links to what is wanted, instead of a list of what is not: a later Janus may bring more.
  await symlink(join(program.libraries, PLUGIN), at(PLUGIN))
  await symlink(join(program.libraries, TRANSPORT), at(TRANSPORT))
  for (const [name, sections] of Object.entries(configuration())) {
    const file = at('conf', name)
    await writeFile(file, toLibconfig(sections), { mode: 0o600 })
    made.push(file)
  }
  if (options.owner !== undefined) for (const path of made) await chown(path, options.owner.uid, options.owner.gid)

  function configuration(): Record<string, Sections> {
    const [first, last] = options.rtpPorts ?? DEFAULT_PORTS
    return {
      'janus.jcfg': {
        general: {
          plugins_folder: at('plugins'),
          transports_folder: at('transports'),
          events_folder: at('events'),
          loggers_folder: at('loggers'),
          debug_level: 4,
          debug_colors: false,
          api_secret: secrets.api,
          admin_secret: secrets.admin,
          session_timeout: 30,
          // Whoever held a session is gone with its connection: so are its people.
          reclaim_session_timeout: 0,
          hide_dependencies: true,
          // A thread for each handle, and no event_loops: with those, some never connect, and Janus 1.1.2 crashes (ADR 16).
        },
        media: { rtp_port_range: `${first}-${last}`, ipv6: false, no_media_timer: 1 },
        nat: {
          // An address that no interface has would open all of them.
          ice_enforce_list: address as string,
          ice_lite: false,
          ignore_mdns: true,
          ...(options.publicAddress !== undefined && {
            nat_1_1_mapping: options.publicAddress,
            keep_private_host: true,
          }),
        },
        events: { broadcast: false },
      },
      'janus.transport.websockets.jcfg': {
        general: { json: 'compact', ws: true, ws_unix: sockets.api, pingpong_trigger: 10, pingpong_timeout: 5 },
        admin: { admin_ws: true, admin_ws_unix: sockets.admin },
      },
      'janus.plugin.videoroom.jcfg': {
        general: { admin_key: secrets.rooms, lock_rtp_forward: true, string_ids: true },
      },
    }
  }

  return {
    command: program.command,
    // -F and not -C: with -C alone Janus reads the other files from /etc/janus, and listens to everybody.
    args: ['-F', at('conf')],
    server: {
      url: `ws+unix:${sockets.api}:/`,
      apiSecret: secrets.api,
      adminKey: secrets.rooms,
      recordingsFolder,
    },
    admin: { url: `ws+unix:${sockets.admin}:/`, secret: secrets.admin },
  }
}

type Sections = Record<string, Record<string, string | number | boolean>>

const newSecret = (): string => randomBytes(24).toString('base64url')

/** https://hyperrealm.github.io/libconfig/libconfig_manual.html#Configuration-Files */
function toLibconfig(sections: Sections): string {
  return Object.entries(sections)
    .map(([name, settings]) => {
      const lines = Object.entries(settings).map(([key, value]) => `  ${key} = ${JSON.stringify(value)}\n`)
      return `${name}: {\n${lines.join('')}}\n`
    })
    .join('')
}
