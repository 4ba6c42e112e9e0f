import { createRequire } from 'node:module'
import type { Type } from 'protobufjs'

/** A message of a protocol in protobuf's own language; the library is loaded with the first one: most installations hear none. */
export function protobufType(proto: string, name: string): () => Type {
  let type: Type | undefined
  return () => {
    if (type) return type
    const protobuf: typeof import('protobufjs') = createRequire(import.meta.url)('protobufjs')
    type = protobuf.parse(proto).root.lookupType(name)
    return type
  }
}
