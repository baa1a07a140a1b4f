/**
 * Broker addresses as users write them: `host:port` pairs between commas, IPv6 hosts in brackets. The first step of every client: the list is
 * where the cluster is first asked for its metadata; from then on brokers are reached at the addresses that the metadata names.
 */
import { Fault } from '../base/faults.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/** `host:port`, with brackets around an IPv6 host. */
export const addressText = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

const shape = /^(?:[a-zA-Z][a-zA-Z0-9+_-]*:\/\/)?(?:\[([0-9a-fA-F:.%a-z]+)\]|([^\s:/[\]]+)):(\d{1,5})$/

const parsed = (text: string): Address | undefined => {
  const found = shape.exec(text)
  const port = Number(found?.[3])
  const host = found?.[1] ?? found?.[2]
  return host !== undefined && port > 0 && port <= 65_535 ? { host, port } : undefined
}

/** The addresses of a `bootstrap.servers` list. Throws BAD_ADDRESS for a list that is empty or holds something else. */
export const parseAddresses = (list: string): readonly Address[] => {
  const parts = list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  if (parts.length === 0) throw new Fault('BAD_ADDRESS', { address: list })
  return parts.map((part) => {
    const address = parsed(part)
    if (address === undefined) throw new Fault('BAD_ADDRESS', { address: part })
    return address
  })
}
