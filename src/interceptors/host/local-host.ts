/** Who this machine is, asked once: a look-up for every event would cost more than the event. */
import { hostname, type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/** The first IPv4 address that others can reach, else an IPv6 one that is not link-local, else the loopback; undefined without any. */
export const addressOf = (interfaces: Interfaces): string | undefined => {
  const all = Object.values(interfaces).flatMap((list) => list ?? [])
  const outside = all.filter((address) => !address.internal)
  const best =
    outside.find((address) => address.family === 'IPv4') ??
    outside.find((address) => address.scopeid === 0) ??
    all.find((address) => address.family === 'IPv4') ??
    all[0]
  return best?.address
}

export const localAddress = (): string | undefined => addressOf(networkInterfaces())

export const localName = (): string | undefined => hostname() || undefined
