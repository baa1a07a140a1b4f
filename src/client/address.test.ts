import { describe, expect, it } from 'vitest'
import { Fault } from '../base/faults.ts'
import { addressText, parseAddresses } from './address.ts'

describe('addresses', () => {
  it.each([
    ['h1:9092', [{ host: 'h1', port: 9092 }]],
    [' h1:9092 ,h2:9093,', [{ host: 'h1', port: 9092 }, { host: 'h2', port: 9093 }]], // prettier-ignore
    ['[::1]:9092', [{ host: '::1', port: 9092 }]],
    ['PLAINTEXT://h1:9092', [{ host: 'h1', port: 9092 }]],
  ])('%s', (text, addresses) => {
    expect(parseAddresses(text)).toEqual(addresses)
  })

  it.each(['', ' , ', 'h1', 'h1:', ':9092', 'h1:0', 'h1:65536', 'h1:9092,h2', '::1:9092', 'h 1:9092', 'h1:90a'])(
    "'%s' is refused",
    (text) => {
      expect(() => parseAddresses(text)).toThrow(Fault)
    },
  )

  it('are written so that they can be read back', () => {
    for (const text of ['h1:9092', '[::1]:9092']) expect(parseAddresses(text).map(addressText)).toEqual([text])
  })
})
