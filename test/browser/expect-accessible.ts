import { AxeBuilder } from '@axe-core/playwright'
import type { Person } from '@parley/testkit/browser'
import { expect } from 'vitest'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What floats lies at the end of the page, beside its landmarks: it has the focus, nobody has to find it. */
export const WHILE_A_MENU_IS_OPEN: readonly string[] = ['region']

/** Axe finds nothing on the page as it stands, once it has stopped moving; `exceptions` are rules that do not hold here. */
export async function expectAccessible(
  { page }: Pick<Person, 'page'>,
  where: string,
  exceptions: readonly string[] = [],
): Promise<void> {
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined))),
  )
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .withTags(RULES)
    .disableRules([...exceptions])
    // Otherwise it opens a page more each time, to put frames together that there are none of here.
    .setLegacyMode()
    .analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  expect(found, where).toEqual([])
  expect(page.frames(), where).toHaveLength(1)
}
