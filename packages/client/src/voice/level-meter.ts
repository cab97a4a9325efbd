/** −60 dB and less is 0, full scale is 1: even steps to the ear. */
const FLOOR_DB = -60

/** The level of samples between −1 and 1, 0–1. */
export function levelOf(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  const rms = Math.sqrt(sum / Math.max(1, samples.length))
  return rms === 0 ? 0 : Math.min(1, Math.max(0, 1 - (20 * Math.log10(rms)) / FLOOR_DB))
}

export interface LevelMeter {
  /** The level of about the last 20 ms, 0–1. */
  read(): number
  close(): void
}

/** Measures what `node` gives. */
export function createLevelMeter(context: BaseAudioContext, node: AudioNode): LevelMeter {
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  const samples = new Float32Array(analyser.fftSize)
  node.connect(analyser)
  return {
    read() {
      analyser.getFloatTimeDomainData(samples)
      return levelOf(samples)
    },
    close() {
      node.disconnect(analyser)
    },
  }
}
