import { describe, expect, it } from 'vitest'
import { accountsLine, emptyAccount, totalled } from '../../src/monitor/accounts.ts'
import { acceptedBySink } from './agent-run.ts'

const line = (out: number, held: number): string => {
  const [source, sink] = [
    { in: 1_234_567, out: 1_234_567 },
    { in: out, out },
  ]
  const components = [
    { ...emptyAccount(), kind: 'source' as const, name: 'r1', durable: false, ...source },
    { ...emptyAccount(), kind: 'channel' as const, name: 'c1', durable: false, in: 1_234_567, out, held },
    { ...emptyAccount(), kind: 'sink' as const, name: 'k1', durable: false, ...sink },
  ]
  return accountsLine(totalled(components, 0, 0))
}

describe('what a benchmark counts as stored', () => {
  it('is what the line of accounts says of the sink, whether all components passed everything on or not', () => {
    expect(acceptedBySink(line(1_234_567, 0))).toBe(1_234_567)
    expect(acceptedBySink(line(1_000_500, 234_067))).toBe(1_000_500)
  })

  it('is an error where there is no such line', () => {
    expect(() => acceptedBySink('INFO k1 started')).toThrow('no accounts of k1')
  })
})
