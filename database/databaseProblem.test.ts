import { expect, test } from 'vitest'
import { Problem } from '../core/index.ts'
import { databaseProblem } from './databaseProblem.ts'

const errorWith = (message: string, more: object): Error => Object.assign(new Error(message), more)
const isPassing = (error: Error): boolean => {
  const problem = databaseProblem(error)
  return problem instanceof Problem && problem.retryable && problem.status === 503
}

test.each([
  ['SQLite: full', errorWith('database or disk is full', { errcode: 13 })],
  ['SQLite: a write that fails, by its extended code', errorWith('disk I/O error', { errcode: 778 })],
  ['SQLite: busy', errorWith('database is locked', { errcode: 5 })],
  ['nobody listens', errorWith('', { code: 'ECONNREFUSED' })],
  ['the connection went', errorWith('Connection terminated unexpectedly', {})],
  ['no connection in time', errorWith('timeout exceeded when trying to connect', {})],
  ['it ends', errorWith('terminating connection', { severity: 'FATAL', code: '57P01' })],
  ['it begins', errorWith('the database system is starting up', { severity: 'FATAL', code: '57P03' })],
  ['its disk is full', errorWith('could not extend file', { severity: 'ERROR', code: '53100' })],
  ['too many connections', errorWith('sorry, too many clients already', { severity: 'FATAL', code: '53300' })],
  ['a standby', errorWith('cannot execute INSERT in a read-only transaction', { severity: 'ERROR', code: '25006' })],
])('trying again helps: %s', (_, error) => {
  expect(isPassing(error)).toBe(true)
})

test.each([
  ['SQLite: a constraint', errorWith('UNIQUE constraint failed: alert.id', { errcode: 1555 })],
  ['SQLite: a damaged file', errorWith('database disk image is malformed', { errcode: 11 })],
  ['a constraint', errorWith('duplicate key: timeout', { severity: 'ERROR', code: '23505' })],
  ['our own bug', errorWith('Cannot read properties of undefined', {})],
])('trying again does not: %s', (_, error) => {
  expect(databaseProblem(error)).toBe(error)
})
