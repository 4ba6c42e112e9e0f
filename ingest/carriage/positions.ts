import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { type Offset, PARTITIONS, Problem, type TelemetryLog } from '../../core/index.ts'
import { writeWhole } from '../../database/index.ts'

/** Partition → the last sequence in it; 0 before the first. */
export type Counts = Float64Array<ArrayBuffer>
export const noCounts = (): Counts => new Float64Array(PARTITIONS)
/** Is everything that `some` counts in `all`? */
export const areIn = (some: Counts, all: Counts): boolean =>
  some.every((count, partition) => count <= (all[partition] ?? 0))
export const sumOf = (counts: Counts): number => counts.reduce((sum, count) => sum + count, 0)

const countsSchema = z
  .array(z.number().int().nonnegative())
  .length(PARTITIONS)
  .transform((counts): Counts => Float64Array.from(counts))
/** As they are kept in a text. */
export const countsText = (counts: Counts): string => JSON.stringify([...counts])
/** @throws where the text is none of ours */
export const countsOf = (text: string): Counts => countsSchema.parse(JSON.parse(text))

const noteSchema = z.object({ offset: z.number(), edges: z.array(z.tuple([z.string(), countsSchema])) })
/** What the journal's frames up to `offset` come to, by edge: what follows is counted from the journal. */
export interface PositionNote {
  offset: Offset
  edges: ReadonlyMap<string, Counts>
}

/**
 * The note beside a journal; without one nothing was counted up to `unnoted`.
 * @throws Problem `positions-missing` when the journal begins beyond it: then nobody knows what was counted
 */
export async function readPositions(
  path: string,
  log: Pick<TelemetryLog, 'begin' | 'end'>,
  unnoted: Offset,
): Promise<PositionNote> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  const note = text === undefined ? { offset: unnoted, edges: [] } : noteSchema.parse(JSON.parse(text))
  if (note.offset < log.begin || note.offset > log.end)
    throw new Problem({
      code: 'positions-missing',
      message: `${path} ends at ${note.offset}, and the journal beside it holds ${log.begin} to ${log.end}.`,
      remedy: 'Put back the file that belongs to this journal, or start with another DATA_DIR.',
      concerns: path,
      status: 500,
    })
  return { offset: note.offset, edges: new Map(note.edges) }
}

/** Durable when it resolves. Before the journal is released up to its offset. */
export const writePositions = (path: string, { offset, edges }: PositionNote): Promise<void> =>
  writeWhole(path, JSON.stringify({ offset, edges: [...edges].map(([edge, counts]) => [edge, [...counts]]) }))
