import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Alert, alertStates, type Detection } from '../core/index.ts'
import { isStanding, nextAlertState } from './alertMachine.ts'
import { decideAlert } from './decideAlert.ts'

const detection = (over: Partial<Detection> = {}): Detection => ({
  condition: 'fridge-1/compressor-wear/1000',
  appliance: 'fridge-1',
  kind: 'fridge',
  phase: 'confirmed',
  at: 2_000,
  firstSeenAt: 1_000,
  offset: 1,
  hypotheses: [{ failureMode: 'compressor-wear', probability: 0.7 }],
  severity: 'warning',
  confidence: 0.9,
  evidence: [],
  explanation: { engineer: { en: 'e', zh: '工' }, owner: { en: 'o', zh: '主' } },
  detector: 'test',
  ...over,
})
const none = new Set<string>()

describe('an alert', () => {
  test('waits as pending while it is only suspected, and opens when it is confirmed', () => {
    const suspected = decideAlert(null, detection({ phase: 'suspected', at: 1_000 }), none)
    expect(suspected?.alert).toMatchObject({ state: 'pending' })
    expect(suspected?.alert.opened).toBeUndefined()
    const opened = decideAlert(suspected?.alert ?? null, detection(), none)
    expect(opened).toMatchObject({ effects: ['opened'], alert: { state: 'open', openedAt: 2_000 } })
  })

  test('keeps for ever what was said at its opening', () => {
    const opened = decideAlert(null, detection(), none)?.alert as Alert
    const later = decideAlert(
      opened,
      detection({ at: 9_000, hypotheses: [{ failureMode: 'refrigerant-leak', probability: 0.9 }] }),
      none,
    )?.alert
    expect(later).toMatchObject({
      failureMode: 'refrigerant-leak',
      opened: { at: 2_000, failureMode: 'compressor-wear' },
    })
  })

  test('never takes a failure mode that another standing alert of the appliance has', () => {
    const opened = decideAlert(null, detection(), none)?.alert as Alert
    const later = decideAlert(
      opened,
      detection({ at: 9_000, hypotheses: [{ failureMode: 'door-seal-leak', probability: 0.9 }] }),
      new Set(['door-seal-leak']),
    )
    expect(later?.alert.failureMode).toBe('compressor-wear')
  })

  test('that is over says so, and no more how long it would have lasted', () => {
    const opened = decideAlert(null, detection({ remainingLife: { p10: 9, p50: 20, p90: 40 } }), none)?.alert as Alert
    const over = { engineer: { en: 'seen no more', zh: '已消失' }, owner: { en: 'it is over', zh: '已消失' } }
    const after = decideAlert(opened, detection({ phase: 'recovered', at: 9_000, explanation: over }), none)?.alert
    expect(after).toMatchObject({ state: 'cleared', explanation: over, opened: { remainingLife: { p50: 20 } } })
    expect(after).not.toHaveProperty('remainingLife')
  })

  test('hears nothing more once it is closed, and nothing from before what it knows', () => {
    const opened = decideAlert(null, detection(), none)?.alert as Alert
    expect(decideAlert({ ...opened, state: 'closed' }, detection({ at: 5_000 }), none)).toBeNull()
    expect(decideAlert(opened, detection({ at: 1_500 }), none)).toBeNull()
  })

  test('a repeated history of detections leads to the same alert as the history once', () => {
    const phases = fc.array(fc.constantFrom('suspected', 'confirmed', 'recovered'), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(phases, fc.nat(), (history, cut) => {
        const all = history.map((phase, i) => detection({ phase: phase as Detection['phase'], at: 2_000 + i }))
        const run = (list: Detection[]): Alert | null =>
          list.reduce<Alert | null>((alert, next) => decideAlert(alert, next, none)?.alert ?? alert, null)
        const crash = cut % (all.length + 1)
        expect(run([...all.slice(0, crash), ...all])).toEqual(run(all))
      }),
    )
  })

  test('answers every event in every state, and closed is the end', () => {
    for (const state of alertStates) {
      for (const next of Object.values(nextAlertState[state])) expect(alertStates).toContain(next)
    }
    expect(new Set(Object.values(nextAlertState.closed))).toEqual(new Set(['closed']))
    expect(alertStates.filter(isStanding)).toEqual(['open', 'acknowledged'])
  })
})
