/** Tiles of one size in rows. Lengths in CSS px. */
export interface TileGrid {
  readonly columns: number
  readonly rows: number
  readonly tileWidth: number
  readonly tileHeight: number
}

interface Area {
  readonly width: number
  readonly height: number
}

const GAP_PX = 8
/** Width by height. Between these a tile takes the shape of its place, so that little of the stage is wasted. */
const NARROWEST = 3 / 4
const WIDEST = 16 / 9

/** The grid in which `count` tiles are largest. */
export function gridFor(count: number, { width, height }: Area): TileGrid {
  let best: TileGrid = { columns: 1, rows: Math.max(1, count), tileWidth: 0, tileHeight: 0 }
  for (let columns = 1; columns <= Math.max(1, count); columns++) {
    const rows = Math.max(1, Math.ceil(count / columns))
    const placeWidth = (width - GAP_PX * (columns - 1)) / columns
    const placeHeight = (height - GAP_PX * (rows - 1)) / rows
    if (placeWidth <= 0 || placeHeight <= 0) continue
    const aspect = Math.min(WIDEST, Math.max(NARROWEST, placeWidth / placeHeight))
    const tileWidth = Math.floor(Math.min(placeWidth, placeHeight * aspect))
    const tileHeight = Math.floor(tileWidth / aspect)
    if (tileWidth * tileHeight > best.tileWidth * best.tileHeight) best = { columns, rows, tileWidth, tileHeight }
  }
  return best
}

const SMALLEST_TILE_WIDTH_PX = 148

/** How many tiles fit before they would be too small to see a face. At least one. */
export function tilesThatFit({ width, height }: Area, max: number): number {
  for (let count = max; count > 1; count--) {
    if (gridFor(count, { width, height }).tileWidth >= SMALLEST_TILE_WIDTH_PX) return count
  }
  return 1
}

/** Whether the small pictures are at the side of a large one, and not under it. */
export const isWideStage = ({ width, height }: Area): boolean => width > height * 1.1

/**
 * The least width of a small picture under the large one; at the side it is 22 % of the stage, 220 px at most, at
 * 4:3.
 */
const NARROWEST_BELOW_PX = 84

/** How many small pictures have a place beside a large one, at the side or under it. At least one. */
export function sideTilesThatFit(area: Area, max: number): number {
  const { width, height } = area
  const tallest = (Math.min(width * 0.22, 220) * 3) / 4
  const fit = isWideStage(area)
    ? (height + GAP_PX) / (tallest + GAP_PX)
    : (width + GAP_PX) / (NARROWEST_BELOW_PX + GAP_PX)
  return Math.max(1, Math.min(max, Math.floor(fit)))
}
