import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import type { Settings } from '../../core/index.ts'

/** What a browser says of the page that asks: of which server it is. A program says nothing, or what it likes. */
export interface OwnPages {
  /** May a page of this origin use what people carry in their browsers? It may if it is one of ours; no page: it may. */
  has(request: IncomingMessage): boolean
  /** May whoever asks speak for itself, with a secret of its own? Pages of others may not: they would try from visitors' browsers. */
  orNoPage(request: IncomingMessage): boolean
}

/**
 * Ours are pages of the host that was asked for, of PUBLIC_URL and of ALLOWED_ORIGINS. What a proxy says of the host
 * (`X-Forwarded-Host`) counts from those in TRUSTED_PROXIES alone.
 */
export function ownPages(
  { ALLOWED_ORIGINS, TRUSTED_PROXIES }: Pick<Settings, 'ALLOWED_ORIGINS' | 'TRUSTED_PROXIES'>,
  publicUrl: () => string,
): OwnPages {
  const allowed = new Set(ALLOWED_ORIGINS?.map((origin) => origin.toLowerCase()))
  const proxies = networks(TRUSTED_PROXIES ?? [])
  const hostsOf = ({ headers, socket }: IncomingMessage): (string | undefined)[] => {
    const forwarded = headers['x-forwarded-host']
    const isProxy = isWithin(proxies, socket.remoteAddress ?? '')
    return [
      headers.host,
      ...(isProxy
        ? [
            String(forwarded ?? '')
              .split(',')[0]
              ?.trim(),
          ]
        : []),
    ]
  }
  const isOurs = (request: IncomingMessage, origin: string): boolean => {
    if (allowed.has(origin.toLowerCase())) return true
    if (!URL.canParse(origin)) return false
    const { host, protocol } = new URL(origin)
    if (!isWeb(protocol)) return false
    // The scheme decides which port goes without saying.
    const same = (other: string | undefined): boolean =>
      !!other && URL.canParse(`${protocol}//${other}`) && new URL(`${protocol}//${other}`).host === host
    const url = publicUrl()
    return hostsOf(request).some(same) || (url !== '' && new URL(url).host === host)
  }
  const mayUse = (request: IncomingMessage): boolean => {
    const { origin } = request.headers
    return origin === undefined || isOurs(request, origin)
  }
  return {
    has: mayUse,
    // Libraries of small devices send `file://` and the like; browsers send that of no page.
    orNoPage: (request) => mayUse(request) || isOfNoPage(request.headers.origin ?? ''),
  }
}

const isWeb = (protocol: string): boolean => protocol === 'http:' || protocol === 'https:'
/** `null` is what browsers say of pages without an origin of their own, framed ones among them. */
const isOfNoPage = (origin: string): boolean => URL.canParse(origin) && !isWeb(new URL(origin).protocol)

function networks(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    list.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family)
  }
  return list
}
const isWithin = (list: BlockList, address: string): boolean =>
  isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
