import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** The same engine without a window around it: what a page takes of the machine is less by a third. */
const HEADLESS_SHELLS = ['/usr/bin/chromium-headless-shell', '/opt/google/chrome/chrome-headless-shell']

const WHOLE_BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** How long a page may take to show what is waited for. */
const PATIENCE_MS = 40_000

/** Playwright has a list of its own, which another one replaces: what of it holds here, and what it lacks. */
const UNWANTED_FEATURES = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
  // Two pages of the browser's own in each window, for an address bar that nobody sees.
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxPopup',
]

const QUIET_FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${UNWANTED_FEATURES.join(',')}`,
  // A microphone that hums and a camera that counts, for pages that were allowed to use one. Five pictures a second
  // are enough to see that they move.
  '--use-fake-device-for-media-stream=fps=5',
  // Who shares a screen and prefers the page itself shares it without being asked.
  '--auto-accept-this-tab-capture',
]

/** `shell`: where there is one, the engine without a window; it can't share a screen. */
export type BrowserBuild = 'shell' | 'whole'

/** The path of an installed Chromium or Chrome, `CHROMIUM_PATH` first; `null` when there is none. */
export function findChromium(build: BrowserBuild = 'shell'): string | null {
  const chosen = process.env.CHROMIUM_PATH
  if (chosen !== undefined && chosen !== '') return existsSync(chosen) ? chosen : null
  const places = build === 'shell' ? [...HEADLESS_SHELLS, ...WHOLE_BROWSERS] : WHOLE_BROWSERS
  return places.find((path) => existsSync(path)) ?? null
}

/** Whether `shell` is another browser than `whole`, or was not left to us to choose. */
export const hasHeadlessShell = (): boolean =>
  (process.env.CHROMIUM_PATH ?? '') !== '' || HEADLESS_SHELLS.some((path) => existsSync(path))

export type Device = 'phone' | 'desktop'

const DEVICES: Record<Device, BrowserContextOptions> = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 720 } },
}

export interface PersonOptions {
  readonly device?: Device
  /** BCP 47; what the browser says that its user prefers. */
  readonly locale?: string
  readonly reducedMotion?: 'reduce' | 'no-preference'
}

/** One person at one device: their own cookies and storage, and one page. */
export interface Person {
  readonly page: Page
  readonly context: BrowserContext
  /** What the page complained about so far: uncaught errors, console errors, violations of the content security policy. */
  readonly complaints: readonly string[]
}

export interface TestBrowser extends AsyncDisposable {
  newPerson(options?: PersonOptions): Promise<Person>
}

/** Starts a headless Chromium with a fresh profile. Throws when none is installed. */
export async function openBrowser(build: BrowserBuild = 'shell'): Promise<TestBrowser> {
  const executablePath = findChromium(build)
  if (executablePath === null) throw new Error('No Chromium found: install it, or set CHROMIUM_PATH to its path')
  const browser = await chromium.launch({ executablePath, chromiumSandbox: false, args: QUIET_FLAGS })
  return {
    newPerson: (options = {}) => newPerson(browser, options),
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

async function newPerson(browser: Browser, options: PersonOptions): Promise<Person> {
  const { device = 'desktop', locale = 'en-GB', reducedMotion = 'reduce' } = options
  const context = await browser.newContext({ ...DEVICES[device], locale, colorScheme: 'light', reducedMotion })
  context.setDefaultTimeout(PATIENCE_MS)
  const complaints: string[] = []
  context.on('weberror', (error) => complaints.push(`uncaught: ${error.error().message}`))
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`)
  })
  return { page: await context.newPage(), context, complaints }
}
