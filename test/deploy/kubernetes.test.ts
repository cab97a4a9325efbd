import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseConfig } from '@parley/server/config'
import { Deployment } from 'kubernetes-models/apps/v1'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2'
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { ConfigMap, Secret, Service } from 'kubernetes-models/v1'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { deployed, ROOT, SETTING_NAMES } from './deploy-files.ts'

interface Resource {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata?: { readonly name?: string }
}

const KINDS = {
  ...{ ConfigMap, Secret, Deployment, Service, Ingress, NetworkPolicy },
  ...{ PodDisruptionBudget, HorizontalPodAutoscaler },
}

const files = readdirSync(join(ROOT, 'deploy/kubernetes')).filter((name) => name !== 'kustomization.yaml')
const resources = files.flatMap((name) =>
  parseAllDocuments(deployed(`kubernetes/${name}`)).map((document) => document.toJS() as Resource),
)
const one = <T extends keyof typeof KINDS>(kind: T) => {
  const found = resources.find((resource) => resource.kind === kind)
  if (found === undefined) throw new Error(`no ${kind}`)
  return new KINDS[kind](found as never) as InstanceType<(typeof KINDS)[T]>
}

test.each(resources.map((resource) => [resource.kind, resource] as const))(
  '%s is what its schema says',
  (kind, resource) => {
    const Kind = KINDS[kind as keyof typeof KINDS]
    const { apiVersion } = new Kind() as { apiVersion: string }
    expect(resource.apiVersion).toBe(apiVersion)
    expect(resource.metadata?.name).toBe('parley')
    new Kind(resource as never).validate()
  },
)

test('each file is named, but the secret, which is an example', () => {
  const { resources: named } = parse(deployed('kubernetes/kustomization.yaml')) as { resources: string[] }
  expect([...named, 'secret.example.yaml'].sort()).toEqual(files.sort())
})

describe('the deployment', () => {
  const { spec } = one('Deployment')
  const pod = spec?.template.spec
  const [container] = pod?.containers ?? []
  const settings = one('ConfigMap').data ?? {}

  test('takes settings that there are, without a word', () => {
    const secrets = Object.keys(one('Secret').stringData ?? {})
    const own = (container?.env ?? []).map(({ name }) => name)
    for (const name of [...Object.keys(settings), ...secrets, ...own]) expect(SETTING_NAMES).toContain(name)
    const { warnings } = parseConfig({
      ...settings,
      NODE_ENV: 'production',
      NODE_HOST: '10.1.2.3',
      JWT_SECRET: 'zqk3F7xv1mTn8Wc5Rj2Lh9Yd4Bs6Gp0Ae-uiOX',
      TURN_SECRET: 'zqk3F7xv1mTn8Wc5Rj2Lh9Yd4Bs6Gp0Ae-uiOX',
      REDIS_URL: 'redis://redis',
      DATABASE_URL: 'postgres://postgres/parley',
    })
    expect(warnings).toEqual([])
  })

  test('has the time that it takes to stop', () => {
    const { config } = parseConfig({ ...settings })
    const [, sleepS] = container?.lifecycle?.preStop?.exec?.command ?? []
    const neededS = Number(sleepS) + config.shutdownTimeoutMs / 1000 + 30
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(neededS)
  })

  test('leaves the number of nodes to the autoscaler, whose it would take each time that it is applied', () => {
    expect(spec).not.toHaveProperty('replicas')
    expect(one('HorizontalPodAutoscaler').spec?.minReplicas).toBeGreaterThan(1)
  })

  test('takes no settings from the names of other services', () => {
    expect(pod?.enableServiceLinks).toBe(false)
  })

  test('is reached by the other nodes alone where nodes speak to each other', () => {
    const { podSelector, ingress = [] } = one('NetworkPolicy').spec ?? {}
    expect(podSelector).toEqual({ matchLabels: spec?.template.metadata?.labels })
    expect(ingress).toEqual([
      { ports: [{ port: 'http', protocol: 'TCP' }] },
      { from: [{ podSelector }], ports: [{ port: 'nodes', protocol: 'TCP' }] },
    ])
  })

  test('is found by what selects it, and asked where it answers', () => {
    const labels = spec?.template.metadata?.labels
    expect(spec?.selector.matchLabels).toEqual(labels)
    expect(one('Service').spec?.selector).toEqual(labels)
    expect(one('PodDisruptionBudget').spec?.selector?.matchLabels).toEqual(labels)
    expect(one('HorizontalPodAutoscaler').spec?.scaleTargetRef).toMatchObject({ kind: 'Deployment', name: 'parley' })
    const ports = (container?.ports ?? []).map(({ name }) => name)
    for (const probe of [container?.startupProbe, container?.livenessProbe, container?.readinessProbe]) {
      expect(ports).toContain(probe?.httpGet?.port)
      expect(['/healthz', '/readyz']).toContain(probe?.httpGet?.path)
    }
    expect(one('Service').spec?.ports?.map(({ targetPort }) => targetPort)).toEqual(['http'])
  })

  test('may do little', () => {
    expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true })
    expect(container?.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })
})
