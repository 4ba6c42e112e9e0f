/**
 * Fourier transform in place, radix 2. @param re, im real and imaginary parts, both of a length that is a power of two
 * O(n log n). Source: Cooley and Tukey (1965).
 */
export function fourier(re: Float64Array, im: Float64Array): void {
  const n = re.length
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j |= bit
    if (i < j) {
      ;[re[i], re[j]] = [re[j]!, re[i]!]
      ;[im[i], im[j]] = [im[j]!, im[i]!]
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2
    for (let k = 0; k < half; k++) {
      const wr = Math.cos((-2 * Math.PI * k) / size)
      const wi = Math.sin((-2 * Math.PI * k) / size)
      for (let i = k; i < n; i += size) {
        const j = i + half
        const xr = re[j]! * wr - im[j]! * wi
        const xi = re[j]! * wi + im[j]! * wr
        re[j] = re[i]! - xr
        im[j] = im[i]! - xi
        re[i]! += xr
        im[i]! += xi
      }
    }
  }
}

/** Power by frequency, one-sided. */
export interface Spectrum {
  /** Mean square of the signal in each line, in its unit squared; they add up to its mean square (window corrected). */
  power: Float64Array
  /** Distance of two lines, Hz. */
  stepHz: number
}

/** The largest power of two that a burst holds is read; what is beyond is left out. */
const powerOfTwo = (count: number): number => 2 ** Math.floor(Math.log2(count))

/** Hann-windowed power spectrum of a burst, its mean taken out. @param samples at least 2, finite */
export function powerSpectrum(samples: Float64Array, rateHz: number): Spectrum {
  const n = powerOfTwo(samples.length)
  let mean = 0
  for (let i = 0; i < n; i++) mean += samples[i]! / n
  const re = new Float64Array(n)
  const im = new Float64Array(n)
  let windowPower = 0
  for (let i = 0; i < n; i++) {
    const w = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n)
    windowPower += w * w
    re[i] = w * (samples[i]! - mean)
  }
  fourier(re, im)
  const power = new Float64Array(n / 2)
  for (let k = 1; k < n / 2; k++) power[k] = (2 * (re[k]! ** 2 + im[k]! ** 2)) / (n * windowPower)
  return { power, stepHz: rateHz / n }
}

/**
 * The envelope of what lies between two frequencies: the amplitude of its analytic signal, in the signal's unit.
 * @param lowHz, highHz 0 ≤ low < high ≤ rate / 2
 */
export function envelope(samples: Float64Array, rateHz: number, lowHz: number, highHz: number): Float64Array {
  const n = powerOfTwo(samples.length)
  const re = samples.slice(0, n)
  const im = new Float64Array(n)
  fourier(re, im)
  for (let k = 0; k < n; k++) {
    const hz = (k * rateHz) / n
    const isKept = k > 0 && k < n / 2 && hz >= lowHz && hz < highHz
    // Twice the positive frequencies and none of the negative ones is the analytic signal; the conjugate inverts.
    re[k] = isKept ? 2 * re[k]! : 0
    im[k] = isKept ? -2 * im[k]! : 0
  }
  fourier(re, im)
  return re.map((x, i) => Math.hypot(x, im[i]!) / n)
}
