const RATE = 48_000

/**
 * The strength of one frequency in samples of 48 kHz, as the amplitude of a sine of that frequency
 * (Goertzel's algorithm with a Hann window).
 */
export function amplitudeOf(samples: Float32Array, hertz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / RATE)
  let before = 0
  let last = 0
  for (const [index, sample] of samples.entries()) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / samples.length)
    const next = sample * window + coefficient * last - before
    before = last
    last = next
  }
  const power = before * before + last * last - coefficient * before * last
  // The window halves the amplitude.
  return (4 * Math.sqrt(Math.max(0, power))) / samples.length
}

/** The strongest frequency among the multiples of 10 Hz from 100 to 2000. */
export function frequencyOf(samples: Float32Array): number {
  let best = { hertz: 0, amplitude: 0 }
  for (let hertz = 100; hertz <= 2000; hertz += 10) {
    const amplitude = amplitudeOf(samples, hertz)
    if (amplitude > best.amplitude) best = { hertz, amplitude }
  }
  return best.hertz
}
