import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { choiceOption, flag, listOption, numberOption, optionsOf, textOption, wholeOption } from './commandOptions.ts'

const options = {
  days: wholeOption(1, 4_000, 200),
  rate: numberOption(0, 10, 0.2),
  coarse: numberOption(1, 100, undefined),
  kinds: listOption(choiceOption(['fridge', 'ac'], undefined), ['fridge']),
  seeds: listOption(wholeOption(0, 9, undefined), [1]),
  out: textOption('models/candidate'),
  save: flag,
}
const read = (...args: string[]) => optionsOf('npm run train', options, ['real'], args)

test('options have their values, and what is not given its own', () => {
  const standard = { days: 200, rate: 0.2, coarse: undefined, kinds: ['fridge'], seeds: [1], out: 'models/candidate' }
  expect(read()).toEqual({ values: { ...standard, save: false }, words: [] })
  expect(read('real', '--days', '3', '--rate=0', '--kinds', 'ac, fridge', '--seeds', '3,1', '--save')).toEqual({
    values: { ...standard, days: 3, rate: 0, kinds: ['ac', 'fridge'], seeds: [3, 1], save: true },
    words: ['real'],
  })
})

test('what is no value of an option is refused by its name, with what it must be and what the command takes', () => {
  const numbers = ['NaN', '', ' ', '-1', '1.5', '1e400', 'Infinity', '4001', '0', '1_000', '٣', '__proto__']
  for (const value of numbers) {
    expect(() => read(`--days=${value}`), value).toThrow(`--days ${value} must be a whole number from 1 to 4000.`)
  }
  for (const value of ['NaN', '-0.1', '11', '']) expect(() => read(`--rate=${value}`)).toThrow('a number from 0 to 10')
  for (const value of ['toString', '', 'fridge,', 'fridge,fridge', 'Fridge'])
    expect(() => read(`--kinds=${value}`), value).toThrow('--kinds')
  for (const args of [
    ['--nope'],
    ['--constructor', '1'],
    ['unreal'],
    ['--days'],
    ['--save=1'],
    ['--days=1', '--days=2'],
  ])
    expect(() => read(...args), args.join(' ')).toThrow(expect.objectContaining({ code: 'bad-option' }))
})

const commands: [string, string[]][] = [
  ['scripts/train.ts', ['--appliances', 'NaN']],
  ['lab/evaluation/evaluate.ts', ['--days', '1e9']],
  ['scripts/models.ts', ['toString']],
  ['scripts/simulate.ts', ['--threads', '0']],
  ['scripts/replay.ts', ['none.csv']],
  ['lab/bench/main.ts', ['toString']],
  ['lab/pages/main.ts', ['--runs', '0']],
  ['scripts/restore.ts', ['one', 'two']],
  ['scripts/backup.ts', ['--keys=']],
  ['scripts/repair.ts', ['--from', '-1']],
  ['scripts/audit.ts', ['verify', 'verify']],
  ['scripts/client.ts', ['x.ts', '--url', 'file:///etc']],
  ['lab/torture/main.ts', ['kill', '--kills', '1e12']],
]
test('each command says what it was asked wrongly, in a sentence, with exit code 1 and no stack', {
  timeout: 180_000,
}, async () => {
  await Promise.all(commands.map(endsInWords))
})
async function endsInWords([file, args]: (typeof commands)[number]): Promise<void> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect(code, `${file} ${args.join(' ')}: ${said}`).toBe(1)
  expect(said.trim(), file).not.toBe('')
  expect(said, file).not.toMatch(/^\s+at /m)
}
