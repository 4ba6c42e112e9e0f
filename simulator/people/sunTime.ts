import { DAY, HOUR, type Millis } from '../../core/index.ts'

/** Days since 1970 of the sun at a longitude. People of the simulator go by it, not by the product's time zones. */
export const sunDay = (at: Millis, lon: number): number => Math.floor((at + (lon / 15) * HOUR) / DAY)
/** 0 to 24. */
export const sunHour = (at: Millis, lon: number): number => ((at + (lon / 15) * HOUR) / HOUR) % 24
export const sunMidnight = (day: number, lon: number): Millis => Math.round(day * DAY - (lon / 15) * HOUR)
