import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Licences under which a part may be given on with a product of Apache-2.0. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-3.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
])
const AUDIT_MS = 20_000

interface Part {
  version?: string
  license?: string
  hasInstallScript?: boolean
  dev?: boolean
  link?: boolean
}

/**
 * What others wrote and we give on: under which licence, and what of it would run while it is installed. Read from
 * package-lock.json. @returns one line for each finding
 */
export function checkParts(root: string): string[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Part> }
  const { allowScripts = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    allowScripts?: Record<string, boolean>
  }
  const said = new Map(Object.entries(allowScripts))
  const problems: string[] = []
  for (const [path, { license, hasInstallScript, dev, link }] of Object.entries(lock.packages)) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    if (path === '' || link) continue
    if (!dev && !mayUse(license)) problems.push(`${name}: licence ${license ?? 'none'} is not one that we may give on`)
    if (hasInstallScript && !said.has(name))
      problems.push(`${name} has an install script: say in allowScripts (package.json) whether it may run`)
  }
  return problems
}

/** `(MIT OR X)` lets us choose; `A AND B` binds to both. */
function mayUse(licence: string | undefined): boolean {
  const words = (licence ?? '').replaceAll(/[()]/g, '')
  return words.split(' OR ').some((choice) => choice.split(' AND ').every((one) => allowed.has(one.trim())))
}

/** Grave vulnerabilities that are known of what we give on; says so when the registry does not answer. */
export function knownVulnerabilities(root: string): { said: string; isGood: boolean } {
  const { stdout } = spawnSync('npm', ['audit', '--json', '--omit=dev'], {
    cwd: root,
    encoding: 'utf8',
    timeout: AUDIT_MS,
    shell: process.platform === 'win32',
  })
  const found = parsed(stdout)?.metadata?.vulnerabilities
  if (!found) return { said: 'the registry does not answer: known vulnerabilities were not looked up', isGood: true }
  const { high = 0, critical = 0 } = found
  const grave = high + critical
  return {
    said: grave ? `${grave} grave vulnerabilities: npm audit --omit=dev names them` : 'none known',
    isGood: grave === 0,
  }
}

function parsed(text: string): { metadata?: { vulnerabilities?: { high?: number; critical?: number } } } | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
