import { describe, expect, it } from 'vitest'
import { accountsLine, type ComponentAccount, imbalances, totalled } from './accounts.ts'

const account = (kind: ComponentAccount['kind'], name: string, figures: [number, number, number, number]) => {
  const [inward, out, dropped, held] = figures
  return { kind, name, in: inward, out, dropped, held }
}

describe('accounts', () => {
  it('add up over the agent, a sink’s open take counted once', () => {
    const accounts = totalled(
      [
        account('source', 'r1', [1100, 1000, 90, 10]),
        account('channel', 'c1', [1000, 900, 0, 100]),
        account('sink', 'k1', [950, 895, 5, 50]),
      ],
      0,
      0,
    )
    expect(accounts.total).toEqual({ in: 1100, out: 895, dropped: 95, held: 110 })
    expect(imbalances(accounts)).toEqual([])
  })

  it('name what does not balance', () => {
    const accounts = totalled([account('channel', 'c1', [10, 8, 0, 1])], 0, 0)
    expect(imbalances(accounts)).toEqual([
      'channel c1: in 10, out 8, dropped 0, held 1',
      'the agent as a whole is off by -1 events',
    ])
    expect(accountsLine(accounts)).toContain('NOT BALANCED: channel c1')
  })

  it('tell what a channel lost, and balance with it', () => {
    const lost = (keptIn: string[]) => ({ ...account('channel', 'c1', [2000, 900, 0, 100]), lost: 1000, keptIn })
    const accounts = totalled(
      [lost(['/a/*.damaged', '/b/*.damaged']), account('sink', 'k1', [900, 900, 0, 0])],
      0,
      2000,
    )
    expect(imbalances(accounts)).toEqual([])
    expect(accountsLine(accounts)).toBe(
      'Events in 2,000, out 900, dropped 0, held 100, lost 1,000; 2,000 of those in were in the channels before; ' +
        'LOST: channel c1 could not read 1,000 stored events: what is damaged is kept in /a/*.damaged and /b/*.damaged; ' +
        'c1 in 2,000, out 900, dropped 0, held 100, lost 1,000; all passed on: k1 900',
    )
    expect(accountsLine(totalled([lost([])], 0, 0))).toContain('1,000 stored events: nothing is left of them;')
  })

  it('are one line in which what passed everything on stands together', () => {
    const components = [account('source', 'r1', [2000, 1990, 10, 0]), account('channel', 'c1', [1990, 1990, 0, 0]), account('sink', 'k1', [1990, 1990, 0, 0])] // prettier-ignore
    expect(accountsLine(totalled(components, 0, 0))).toBe(
      'Events in 2,000, out 1,990, dropped 10, held 0; r1 in 2,000, out 1,990, dropped 10, held 0; all passed on: c1 1,990, k1 1,990',
    )
  })

  it('never say of a component that lost events that it passed everything on', () => {
    const components = [{ ...account('channel', 'c1', [10, 10, 0, 0]), lost: 1 }]
    const line = accountsLine(totalled(components, 0, 10))
    expect(line).toContain('; c1 in 10, out 10, dropped 0, held 0, lost 1')
    expect(line).not.toContain('passed on')
  })
})
