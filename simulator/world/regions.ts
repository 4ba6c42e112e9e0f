import type { Language } from '../../core/index.ts'
/** A place whose homes share one weather. Temperatures in Cel; climate rounded from public station normals. */
export interface Region {
  name: string
  lat: number
  lon: number
  /** Mean of the year. */
  mean: number
  /** Half the difference of the warmest and the coldest month. */
  seasonal: number
  /** Half the difference of afternoon and dawn. */
  daily: number
  /** Mean relative humidity, %. */
  humidity: number
  language: Language
}

export const regions: readonly Region[] = [
  { name: 'north', lat: 53.55, lon: 9.99, mean: 10, seasonal: 8.7, daily: 3.5, humidity: 78, language: 'en' },
  { name: 'east', lat: 36.07, lon: 120.38, mean: 13, seasonal: 12.5, daily: 3.5, humidity: 70, language: 'zh' },
  { name: 'south', lat: 37.39, lon: -5.98, mean: 19, seasonal: 9, daily: 6, humidity: 59, language: 'en' },
]
