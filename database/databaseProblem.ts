import { asProblem } from './postgresPool.ts'
import { asSqlProblem } from './sqliteProblem.ts'

/** The same error, or that the database (whichever it is) cannot be used now: then trying again helps. */
export const databaseProblem = (error: unknown): unknown => asSqlProblem(asProblem(error))
