// A vapour compression cycle by saturation temperatures: what a compressor moves, and what it takes.
const GAS = 8.314
const ZERO = 273.15

export interface Refrigerant {
  /** Saturation pressure at 0 °C, Pa, and slope of its logarithm over 1/T, K (Clausius and Clapeyron). */
  zeroPa: number
  slopeK: number
  kgPerMol: number
  /** Compressibility of its vapour near work. */
  z: number
  /** Heat of evaporation at 0 °C, and what it loses a kelvin, J/kg. */
  latent: number
  latentPerK: number
  /** Liquid, J/(kg·K). */
  liquid: number
  /** Isentropic exponent. */
  kappa: number
}

/** Fitted through saturation tables (ASHRAE Handbook, Fundamentals, chapter 30) at −25, 0 and 40 °C, or 0, 10 and 45 °C. */
export const isobutane: Refrigerant = {
  zeroPa: 1.57e5,
  slopeK: 2640,
  kgPerMol: 0.0581,
  z: 0.97,
  latent: 355e3,
  latentPerK: 850,
  liquid: 2350,
  kappa: 1.1,
}
export const r32: Refrigerant = {
  zeroPa: 8.13e5,
  slopeK: 2386,
  kgPerMol: 0.052,
  z: 0.8,
  latent: 315e3,
  latentPerK: 1600,
  liquid: 1900,
  kappa: 1.24,
}

export interface Compressor {
  refrigerant: Refrigerant
  /** Swept volume a second at full speed, m³/s. */
  sweptM3: number
  /** Dead volume of the cylinder, a share. */
  clearance: number
  /** Of compression and motor together. */
  efficiency: number
}

export interface Work {
  /** Heat taken up at the evaporator, W. */
  coolingW: number
  /** Electric power, W. */
  inputW: number
}

const pressureAt = ({ zeroPa, slopeK }: Refrigerant, celsius: number): number =>
  zeroPa * Math.exp(slopeK * (1 / ZERO - 1 / (ZERO + celsius)))

/**
 * @param speed share of full speed
 * @param tightness what worn valves and rings leave of the flow, 0 to 1
 * @param flash share of the cooling that is lost since the liquid boils before its valve, 0 to 1
 * Source: Stoecker and Jones, Refrigeration and Air Conditioning, chapter 11 (volumetric efficiency by clearance, work of
 * polytropic compression), chapter 10 (refrigerating effect).
 */
export function workOf(
  { refrigerant, sweptM3, clearance, efficiency }: Compressor,
  evaporatorC: number,
  condenserC: number,
  speed: number,
  tightness: number,
  flash: number,
): Work {
  const { kgPerMol, z, kappa, latent, latentPerK, liquid } = refrigerant
  const suctionPa = pressureAt(refrigerant, evaporatorC)
  const ratio = Math.max(1.05, pressureAt(refrigerant, condenserC) / suctionPa)
  const volumetric = Math.max(0.1, 1 + clearance - clearance * ratio ** (1 / kappa)) * tightness
  const specific = (z * GAS * (evaporatorC + ZERO)) / kgPerMol
  const flow = (volumetric * sweptM3 * speed * suctionPa) / specific
  const effect = latent - latentPerK * evaporatorC - liquid * Math.max(0, condenserC - evaporatorC) * 0.85
  const share = (kappa - 1) / kappa
  const compression = (specific * (ratio ** share - 1)) / share
  return { coolingW: flow * effect * (1 - flash), inputW: (flow * compression) / efficiency }
}

/** How cooling rises with the evaporator, 1/K: that of the vapour's density, for steps that must not overshoot. */
export const COOLING_SLOPE = 0.042
