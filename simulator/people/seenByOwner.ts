import type { SeededRandom } from '../../core/index.ts'
import { airConditionerEffects, soundAirConditioner } from '../appliances/airConditionerEffects.ts'
import { fridgeEffects, soundFridge } from '../appliances/fridgeEffects.ts'
import { soundWasher, washerEffects } from '../appliances/washerEffects.ts'

/** A fault as it is at the moment somebody looks. */
export interface ThereIs {
  failureMode: string
  /** 0 to 1. */
  severity: number
  strength: number
}

/**
 * How plainly something shows: 0 not at all, 1 so that half of the people see it. What is there is what the physics does;
 * what the product believes of its questions is not asked.
 */
type Signs = Record<string, number>

/** Duty that a fridge is sized for, in the middle. */
const NEED = 0.5
/** Owners look, and look wrongly, or answer without looking. */
const WRONG = 0.1
/** What homes are like whatever is broken: so many have it. Elsewhere people fancy something now and then. */
const homes: Readonly<Record<string, number>> = {
  'dusty-grid': 0.3,
  level: 0.12,
  'filter-full': 0.25,
  'hard-water': 0.3,
  'tap-open': 0.04,
  'filter-grey': 0.3,
  'unit-covered': 0.15,
  'smells-damp': 0.08,
  'sun-on-unit': 0.15,
}
const FANCIED = 0.03

function fridgeSigns({ failureMode, severity, strength }: ThereIs): Signs {
  const fx = soundFridge()
  fridgeEffects(fx, failureMode, severity, strength, NEED)
  const lack = fx.leakage / Math.max(0.05, fx.capacity) - 1
  const bias = Math.abs(fx.sensorBias)
  return {
    // The dust is what keeps the heat in.
    'dusty-grid': fx.condenser / 7,
    'door-gap': (fx.leakage - 1) / 0.5,
    // Cold is lost once it runs all the time and that is not enough.
    'food-warm': Math.max(lack - 0.6, bias / 3, fx.startFails / 0.6),
    'never-rests': lack / 0.6,
    clicks: fx.startFails / 0.25,
    'fan-noise': Math.max((fx.vibration - 1) / 1.2, (1 - fx.fan) / 0.4),
    'ice-inside': fx.frost / 0.45,
    'display-differs': bias / 2.5,
  }
}

function washerSigns({ failureMode, severity, strength }: ThereIs): Signs {
  const fx = soundWasher()
  washerEffects(fx, failureMode, severity, strength)
  const drains = fx.drainTime - 1
  return {
    walks: Math.max(fx.unbalance / 0.2, (1 / fx.damping - 1) / 0.8, fx.rumble / 4),
    level: fx.unbalance / 0.35,
    rumbles: Math.max(fx.rumble / 1.2, fx.kurtosis / 7),
    'wet-laundry': Math.max(drains / 1.4, fx.slip / 0.14),
    // What lies in it is what slows the water.
    'filter-full': drains / 0.4,
    'cold-wash': Math.max((1 - fx.heater) / 0.5, (1 - fx.heatTransfer) / 0.7),
    // Where it scales the water is hard.
    'hard-water': (1 - fx.heatTransfer) / 0.15,
    squeals: fx.slip / 0.12,
    'fills-slowly': (1 / fx.inlet - 1) / 0.6,
    'door-twice': fx.lockFails / 0.25,
    stops: fx.trips ? 3 : Math.max(fx.lockFails / 0.5, drains / 2.5, (1 - fx.heater) / 0.9, (1 - fx.inlet) / 0.7),
  }
}

function airConditionerSigns({ failureMode, severity, strength }: ThereIs): Signs {
  const fx = soundAirConditioner()
  airConditionerEffects(fx, failureMode, severity, strength)
  const lost = 1 - fx.airflow
  return {
    // A coil that is cold for want of air has dust before it; a fan that wobbles has none.
    'filter-grey': (lost * Math.min(1, fx.coil)) / 0.12,
    'weak-air': lost / 0.25,
    // Heat that stays in the outdoor unit while its motor is sound: something is in the way.
    'unit-covered': fx.powerFactor === 1 ? fx.condenser / 5 : 0,
    'not-cold': (1 - fx.capacity) / 0.35,
    'ice-pipe': fx.coil / 4,
    'hums-start': Math.max(fx.startFails / 0.3, (1 - fx.powerFactor) / 0.22),
    'fan-shakes': Math.max(fx.fanVibration / 2.2, (fx.vibration - 1) / 1.5),
    drips: fx.blocked / 0.5,
    'smells-damp': fx.blocked / 0.6,
    'wrong-room': Math.max(fx.sensorBias / 2, (1 - fx.capacity) / 0.6),
  }
}

const signsOf: Readonly<Record<string, (there: ThereIs) => Signs>> = {
  fridge: fridgeSigns,
  washer: washerSigns,
  ac: airConditionerSigns,
}
const SOUND: ThereIs = { failureMode: '', severity: 0, strength: 1 }

/** Something that is so plain is seen by so many; twice as plain, by nearly all. */
const seenAt = (plain: number): number => 1 - 2 ** -(Math.max(0, plain) ** 2)

/** What an owner says to a question of whatever there truly is; of what neither physics nor homes show they cannot tell. */
export function seenBy(
  kind: string,
  question: string,
  fault: ThereIs | undefined,
  random: SeededRandom,
): 'yes' | 'no' | 'unsure' {
  const [sees, has, wrong] = [random.next(), random.next(), random.next()]
  const plain = (Object.hasOwn(signsOf, kind) ? signsOf[kind] : undefined)?.(fault ?? SOUND)[question]
  const home = Object.hasOwn(homes, question) ? homes[question] : undefined
  if (plain === undefined && home === undefined) return 'unsure'
  const isThere = sees < seenAt(plain ?? 0) || has < (home ?? FANCIED)
  return isThere === wrong >= WRONG ? 'yes' : 'no'
}
