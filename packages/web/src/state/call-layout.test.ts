import { describe, expect, it } from 'vitest'
import { gridFor, sideTilesThatFit, tilesThatFit } from './call-layout.ts'

const DESKTOP = { width: 1000, height: 640 }
const PHONE = { width: 374, height: 500 }

describe('gridFor', () => {
  it.each([
    [1, DESKTOP, 1, 1],
    [2, DESKTOP, 2, 1],
    [5, DESKTOP, 3, 2],
    [12, DESKTOP, 4, 3],
    [2, PHONE, 1, 2],
    [5, PHONE, 2, 3],
  ])('%i in %o: %i across, %i down', (count, area, columns, rows) => {
    expect(gridFor(count, area)).toMatchObject({ columns, rows })
  })

  it.each([DESKTOP, PHONE, { width: 2000, height: 300 }])('never reaches beyond %o', (area) => {
    for (let count = 1; count <= 30; count++) {
      const { columns, rows, tileWidth, tileHeight } = gridFor(count, area)
      expect(columns * rows, `${count} have a place`).toBeGreaterThanOrEqual(count)
      expect(columns * tileWidth + (columns - 1) * 8).toBeLessThanOrEqual(area.width)
      expect(rows * tileHeight + (rows - 1) * 8).toBeLessThanOrEqual(area.height)
    }
  })

  it('has tiles without a size until the stage has one', () => {
    expect(gridFor(3, { width: 0, height: 0 })).toMatchObject({ tileWidth: 0, tileHeight: 0 })
  })
})

describe('tilesThatFit', () => {
  it('shows fewer on a phone than on a desktop, and one at least', () => {
    const onDesktop = tilesThatFit(DESKTOP, 25)
    expect(tilesThatFit(PHONE, 25)).toBeLessThan(onDesktop)
    expect(onDesktop).toBeGreaterThanOrEqual(12)
    expect(tilesThatFit({ width: 20, height: 20 }, 25)).toBe(1)
  })
})

describe('sideTilesThatFit', () => {
  it.each([
    [{ width: 1170, height: 800 }, 4],
    [{ width: 374, height: 241 }, 3],
    [{ width: 374, height: 700 }, 4],
    [{ width: 270, height: 127 }, 2],
    [{ width: 0, height: 0 }, 1],
  ])('%o: %i', (area, count) => {
    expect(sideTilesThatFit(area, 4)).toBe(count)
  })
})
