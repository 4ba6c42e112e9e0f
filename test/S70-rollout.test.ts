import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { settingNames } from '../core/index.ts'
import { readPolicy } from '../service/policy/policySchema.ts'
import { measureKpis } from '../service/quality/kpis.ts'

const policy = readPolicy()
const figures = measureKpis({ at: 0, tickets: [], complaints: [], callBacks: [] }, [{ from: 0, to: 1 }], policy).map(
  ({ name }): string => name,
)

test.each(['docs/rollout.md', 'docs/rollout.zh.md'])(
  'S70 %s leads in steps from one PC to production, and every setting, rule and figure in it exists',
  async (file) => {
    const text = await readFile(file, 'utf8')
    const steps = text.split(/^## /m).slice(1)
    expect(steps.length).toBeGreaterThanOrEqual(6)
    const named = [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
    const unknown = named.filter((name) => {
      const setting = name.split('=')[0] ?? ''
      return (
        !settingNames.some((one) => one === setting) &&
        !Object.hasOwn(policy, name) &&
        !figures.includes(name) &&
        !/^npm (?:start|run (?:backup|restore))$/.test(name)
      )
    })
    expect(unknown).toEqual([])
    expect(named.filter((name) => figures.includes(name)).length).toBeGreaterThanOrEqual(5)
    expect(
      named.filter((name) => settingNames.some((one) => one === name.split('=')[0])).length,
    ).toBeGreaterThanOrEqual(8)
  },
)

test('S70 both languages name the same settings, rules and figures, step by step', async () => {
  const [en = [], zh] = await Promise.all(
    ['docs/rollout.md', 'docs/rollout.zh.md'].map(async (file) =>
      (await readFile(file, 'utf8'))
        .split(/^## /m)
        .map((step) => [...step.matchAll(/`([^`]+)`/g)].map(([, name]) => name).sort()),
    ),
  )
  expect(zh).toEqual(en)
})
