import { type LookupAddress, type LookupOptions, lookup } from 'node:dns'
import { Agent } from 'node:https'
import { BlockList, isIP } from 'node:net'
import { nth } from '../../core/index.ts'

/** Addresses that are nobody's on the public internet: IANA's special-purpose registries (RFC 6890 and its updates). */
const SPECIAL = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '::/128',
  '::1/128',
  // These hold an IPv4 address, and reach it.
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2001::/23',
  '2002::/16',
  '100::/64',
  '2001:db8::/32',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]
const special = addressList(SPECIAL)
const RESOLVE_MS = 5_000

/** Which of the addresses that somebody names through the API may be called. */
export interface PublicTargets {
  /** Does a URL lead to an address that is refused? One whose name resolves to nothing does not: it is asked again at the call. */
  isPrivate(url: string): Promise<boolean>
  /** Refuses at the call itself, whatever the name resolved to before. */
  readonly agent: Agent
}

/** @param allowed private networks that may be called (`10.0.0.0/8`) */
export function publicTargets(allowed: readonly string[]): PublicTargets {
  const exempt = addressList(allowed)
  const isRefused = (address: string): boolean => {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    return special.check(address, family) && !exempt.check(address, family)
  }
  const guarded = (host: string, options: LookupOptions, done: Answered): void =>
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, [])
      if (found.some(({ address }) => isRefused(address))) return done(new Error('a private address'), [])
      return options.all ? done(null, found) : done(null, nth(found, 0).address, nth(found, 0).family)
    })
  return {
    agent: new Agent({ lookup: guarded as never }),
    async isPrivate(url) {
      const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
      if (isIP(host)) return isRefused(host)
      // RFC 6761: such a name is this machine, whether a server of names knows it or not.
      if (/(^|\.)localhost\.?$/.test(host)) return isRefused('127.0.0.1')
      const found = await new Promise<LookupAddress[]>((resolve) => {
        const late = setTimeout(() => resolve([]), RESOLVE_MS)
        lookup(host, { all: true }, (error, addresses) => {
          clearTimeout(late)
          resolve(error ? [] : addresses)
        })
      })
      return found.some(({ address }) => isRefused(address))
    },
  }
}
type Answered = (error: Error | null, address: string | LookupAddress[], family?: number) => void

/** @param list addresses and networks, as a setting names them; @throws when one is neither */
function addressList(list: readonly string[]): BlockList {
  const addresses = new BlockList()
  for (const entry of list) {
    const [address = '', bits] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (isIP(address) === 0) throw new Error(`'${entry}' is no address`)
    if (bits === undefined) addresses.addAddress(address, family)
    else addresses.addSubnet(address, Number(bits), family)
  }
  return addresses
}
