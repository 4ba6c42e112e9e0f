import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import type { CaredYear } from './caredYear.ts'
import type { YearFigures } from './yearReport.ts'

/** One world's year, as it is kept: `asked` says of what, in the words of the report. */
export interface KeptYear {
  asked: string
  world: string
  seed: number
  figures: YearFigures
  care?: CaredYear
}

/** Adds one line. JSON knows no NaN: what could not be counted is null there. */
export function keepFigures(path: string, year: KeptYear): void {
  appendFileSync(path, `${JSON.stringify(year)}\n`)
}

/** What is kept of the same question, the last of each world and seed. */
export function keptFigures(path: string, asked: string): KeptYear[] {
  if (!existsSync(path)) return []
  const years = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line, (_, value: unknown) => value ?? Number.NaN) as KeptYear)
    .filter((year) => year.asked === asked)
  return [...new Map(years.map((year) => [`${year.world}/${year.seed}`, year])).values()]
}

/** The years of these worlds, seed by seed: only seeds that all of them lived, so that differences are of the same years. */
export function yearsOf(
  kept: readonly KeptYear[],
  worlds: readonly string[],
): { seeds: number[]; runs: { name: string; years: YearFigures[] }[] } {
  const of = (world: string): KeptYear[] => kept.filter((year) => year.world === world)
  const seeds = [...new Set(kept.map(({ seed }) => seed))]
    .filter((seed) => worlds.every((world) => of(world).some((year) => year.seed === seed)))
    .sort((a, b) => a - b)
  return {
    seeds,
    runs: worlds.map((name) => ({
      name,
      years: seeds.flatMap((seed) => of(name).flatMap((year) => (year.seed === seed ? [year.figures] : []))),
    })),
  }
}
