/** What this machine is called, for `%[localhost]`, `%[IP]` and `%[FQDN]`. */
import { lookup, lookupService } from 'node:dns/promises'
import { hostname } from 'node:os'
import type { HostNames } from './escapes.ts'

/** Asks the system's own resolver. What it does not know is the plain host name, or the loopback address. */
export const hostNames = async (): Promise<HostNames> => {
  const localhost = hostname()
  const ip = await lookup(localhost, { family: 4 }).then(
    ({ address }) => address,
    () => '127.0.0.1',
  )
  const fqdn = await lookupService(ip, 0).then(
    (found) => found.hostname,
    () => localhost,
  )
  return { localhost, ip, fqdn }
}
