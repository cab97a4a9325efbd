import type { Person } from '@parley/testkit/browser'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

declare global {
  interface Window {
    axe?: typeof axe
  }
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** The rules that look at colours: a theme changes nothing that another one sees. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block']

/** What floats lies at the end of the page, beside its landmarks: it has the focus, nobody has to find it. */
export const WHILE_A_MENU_IS_OPEN: readonly string[] = ['region']

/**
 * Axe finds nothing on the page as it stands, once it has stopped moving, in the light theme and in the dark one;
 * `exceptions` are rules that do not hold here.
 */
export async function expectAccessible(
  { page }: Pick<Person, 'page'>,
  where: string,
  exceptions: readonly string[] = [],
): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const rules = Object.fromEntries(exceptions.map((rule) => [rule, { enabled: false }]))
  expect(await findings(page, { runOnly: { type: 'tag', values: TAGS }, rules }), where).toEqual([])
  expect(page.frames(), where).toHaveLength(1)

  const light = await colours(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await colours(page), `${where}, dark`).not.toEqual(light)
  expect(await findings(page, { runOnly: { type: 'rule', values: COLOUR_RULES } }), `${where}, dark`).toEqual([])
  await page.emulateMedia({ colorScheme: 'light' })
}

/** Each broken rule with the elements that break it. */
async function findings(page: Page, options: axe.RunOptions): Promise<string[]> {
  await untilStill(page)
  return page.evaluate(async (chosen) => {
    const { violations } = (await window.axe?.run(document, { resultTypes: ['violations'], ...chosen })) ?? {}
    if (violations === undefined) throw new Error('axe is not in the page')
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  }, options)
}

const untilStill = (page: Page): Promise<unknown> =>
  page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined))))

const colours = async (page: Page): Promise<readonly string[]> => {
  await untilStill(page)
  return page.evaluate(() => {
    const { backgroundColor, color } = getComputedStyle(document.body)
    return [backgroundColor, color]
  })
}
