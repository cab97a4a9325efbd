import { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Frame, textFrame } from './frame.ts'
import { Flusher, type FlusherTiming, HARD_BOUND_BYTES, OutboundQueue, SOFT_BOUND_BYTES } from './outbound-queue.ts'

const frame = (text: string): Frame => ({ text, bytes: Buffer.from(text) })

/** A socket whose other side reads when it is let to. */
class Line extends Duplex {
  readonly taken: string[] = []
  readonly chunks: Buffer[] = []
  blocked = false
  #resume: (() => void) | null = null

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk)
    this.taken.push(chunk.toString())
    if (this.blocked) this.#resume = done
    else done()
  }

  override _read(): void {
    // Nothing comes in.
  }

  release(): void {
    this.blocked = false
    this.#resume?.()
    this.#resume = null
  }
}

const standingStill: FlusherTiming = {
  now: () => 0,
  wait: () => {
    throw new Error('there is nothing to wait for')
  },
}

function setUp(timing = standingStill) {
  const flusher = new Flusher(timing)
  const open = () => {
    const line = new Line()
    return { line, queue: new OutboundQueue(flusher, line) }
  }
  return { flusher, open }
}

describe('the outbound queue', () => {
  it('writes what one turn gathered in one piece, in order', async () => {
    const { line, queue } = setUp().open()
    for (const text of ['a', 'b', 'c']) queue.push(frame(text), false)
    expect(line.taken).toEqual([])
    await setImmediate()
    expect(line.taken).toEqual(['abc'])
    queue.push(frame('d'), false)
    await setImmediate()
    expect(line.taken).toEqual(['abc', 'd'])
  })

  it('lets more gather after a flush that took long, and no longer than 25 ms', async () => {
    // Each look at the clock is 1 ms later than the one before: the flush takes that long.
    let at = 0
    const waits: { ms: number; end: () => void }[] = []
    const { line, queue } = setUp({ now: () => at++, wait: (ms, end) => waits.push({ ms, end }) }).open()
    queue.push(frame('a'), false)
    await setImmediate()
    expect(line.taken).toEqual(['a'])
    queue.push(frame('b'), false)
    await setImmediate()
    queue.push(frame('c'), false)
    await setImmediate()
    expect(line.taken).toEqual(['a'])
    expect(waits).toHaveLength(1)
    expect(waits[0]?.ms).toBeGreaterThanOrEqual(1)
    expect(waits[0]?.ms).toBeLessThanOrEqual(25)
    waits[0]?.end()
    expect(line.taken).toEqual(['a', 'bc'])
    at += 25
    queue.push(frame('d'), false)
    await setImmediate()
    expect(line.taken).toEqual(['a', 'bc', 'd'])
    expect(waits).toHaveLength(1)
  })

  it('puts the bytes together once for all who get the same', async () => {
    const { open } = setUp()
    const [first, second, third] = [open(), open(), open()]
    const [a, b] = [frame('a'), frame('b')]
    for (const { queue } of [first, second, third]) queue.push(a, false)
    second.queue.push(frame('own'), false)
    for (const { queue } of [first, second, third]) queue.push(b, false)
    await setImmediate()
    expect(first.line.taken).toEqual(['ab'])
    expect(second.line.taken).toEqual(['aownb'])
    expect(third.line.chunks[0]).toBe(first.line.chunks[0])
  })

  it('gives each its own sequence, however they mix', async () => {
    const { open } = setUp()
    const lines = Array.from({ length: 8 }, open)
    const expected = lines.map(() => '')
    // A fixed mixture: event n goes past line n % 8.
    for (let n = 0; n < 40; n += 1) {
      const event = frame(`${n},`)
      for (const [index, { queue }] of lines.entries()) {
        if (index === n % 8) continue
        queue.push(event, false)
        expected[index] += `${n},`
      }
    }
    await setImmediate()
    expect(lines.map(({ line }) => line.taken.join(''))).toEqual(expected)
  })

  it('drops ephemeral frames, and only those, over the soft bound', async () => {
    const { flusher, open } = setUp()
    const { line, queue } = open()
    line.blocked = true
    queue.push(frame('x'.repeat(SOFT_BOUND_BYTES + 1)), false)
    queue.push(frame('typing'), true)
    queue.push(frame('message'), false)
    await setImmediate()
    line.release()
    await setImmediate()
    expect(line.taken.join('').replace(/x+/, 'x')).toBe('xmessage')
    expect(flusher.dropped).toBe(1)
  })

  it('calls a session too slow that is over the hard bound, once, and writes it nothing more', async () => {
    const { flusher, open } = setUp()
    const { line, queue } = open()
    let slow = 0
    queue.owner = {
      tooSlow: () => {
        slow += 1
        queue.end()
      },
    }
    line.blocked = true
    queue.push(frame('x'.repeat(HARD_BOUND_BYTES + 1)), false)
    await setImmediate()
    expect(slow).toBe(0)
    queue.push(frame('more'), false)
    await setImmediate()
    queue.push(frame('even more'), false)
    await setImmediate()
    expect([slow, flusher.slowClosed]).toEqual([1, 1])
    line.release()
    await setImmediate()
    expect(line.taken.join('')).not.toContain('more')
  })

  it('cuts a slow line that nobody owns yet', async () => {
    const { line, queue } = setUp().open()
    line.blocked = true
    queue.push(frame('x'.repeat(HARD_BOUND_BYTES + 1)), false)
    await setImmediate()
    queue.push(frame('more'), false)
    await setImmediate()
    expect(line.destroyed).toBe(true)
  })

  it('writes what is queued before it ends', async () => {
    const { line, queue } = setUp().open()
    queue.push(frame('last'), false)
    queue.end()
    expect(line.taken).toEqual(['last'])
    queue.push(frame('late'), false)
    await setImmediate()
    expect(line.taken).toEqual(['last'])
  })

  it('does not copy large batches together', async () => {
    const { line, queue } = setUp().open()
    const [large, small] = [frame('x'.repeat(70_000)), frame('y')]
    queue.push(large, false)
    queue.push(small, false)
    await setImmediate()
    expect(line.chunks[0]).toBe(large.bytes)
    expect(line.taken.join('')).toHaveLength(70_001)
  })
})

describe('text frames', () => {
  it.each([
    [0, 2],
    [125, 2],
    [126, 4],
    [65_535, 4],
    [65_536, 10],
  ])('of %i bytes have a header of %i', (length, header) => {
    const bytes = textFrame('x'.repeat(length))
    expect(bytes).toHaveLength(header + length)
    expect(bytes[0]).toBe(0x81)
    expect(bytes[1]).toBe(header === 2 ? length : header === 4 ? 126 : 127)
    if (header === 4) expect(bytes.readUInt16BE(2)).toBe(length)
    if (header === 10) expect(bytes.readBigUInt64BE(2)).toBe(BigInt(length))
  })

  it('count bytes, not characters', () => {
    expect(textFrame('å')[1]).toBe(2)
  })
})
