import { hostname, type NetworkInterfaceInfo } from 'node:os'
import { isIP } from 'node:net'
import { describe, expect, it } from 'vitest'
import { eventOf, numbered } from '../../../test/conformance/events.ts'
import { fakeContext } from '../../../test/fakes/context.ts'
import { host } from './host.ts'
import { addressOf } from './local-host.ts'

const interceptor = (given: { useIP?: boolean; preserveExisting?: boolean } = {}) =>
  host.create({ hostHeader: 'host', useIP: true, preserveExisting: false, ...given }, fakeContext())

const ipv4 = (address: string, internal = false): NetworkInterfaceInfo => ({
  family: 'IPv4',
  address,
  internal,
  netmask: '',
  mac: '',
  cidr: null,
})
const ipv6 = (address: string, scopeid: number): NetworkInterfaceInfo => ({
  family: 'IPv6',
  address,
  internal: false,
  netmask: '',
  mac: '',
  cidr: null,
  scopeid,
})

describe('host', () => {
  it('adds the address, or the name, one object for the whole batch', async () => {
    const byAddress = (await interceptor()).intercept(numbered(0, 10))
    expect(isIP(byAddress[0]?.headers['host'] ?? '')).not.toBe(0)
    expect(new Set(byAddress.map(({ headers }) => headers)).size).toBe(1)
    const byName = (await interceptor({ useIP: false })).intercept(numbered(0, 1))
    expect(byName[0]?.headers).toEqual({ host: hostname() })
  })

  it('overwrites a host that is there, unless it is to preserve it', async () => {
    const batch = [eventOf('a', { host: 'tram' })]
    expect((await interceptor({ useIP: false })).intercept(batch)[0]?.headers['host']).toBe(hostname())
    expect((await interceptor({ preserveExisting: true })).intercept(batch)[0]?.headers['host']).toBe('tram')
  })

  it('picks an address that others can reach', () => {
    expect(addressOf({ lo: [ipv4('127.0.0.1', true)], e: [ipv6('fe80::1', 2), ipv4('192.0.2.7')] })).toBe('192.0.2.7')
    expect(addressOf({ lo: [ipv4('127.0.0.1', true)], e: [ipv6('fe80::1', 2), ipv6('2001:db8::1', 0)] })).toBe(
      '2001:db8::1',
    )
    expect(addressOf({ lo: [ipv4('127.0.0.1', true)] })).toBe('127.0.0.1')
    expect(addressOf({})).toBeUndefined()
  })
})
