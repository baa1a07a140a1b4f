import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/fakes/clock.ts'
import { RecordingLog } from '../../test/fakes/context.ts'
import { PositionKeeper } from './position-keeper.ts'

const full = Object.assign(new Error('ENOSPC: no room'), { code: 'ENOSPC', syscall: 'write' })

const keeperOf = (store: () => void) => {
  const clock = new FakeClock()
  const log = new RecordingLog()
  return { clock, log, keeper: new PositionKeeper({ store, clock, log, intervalMs: 250 }) }
}

describe('PositionKeeper', () => {
  it('stores once an interval while something changes, and not otherwise', () => {
    let stored = 0
    const { clock, keeper } = keeperOf(() => stored++)
    for (let i = 0; i < 10; i++) {
      keeper.touch()
      clock.advance(100)
    }
    expect(stored).toBe(3)
    clock.advance(10_000)
    expect(stored).toBe(4)
  })

  it('stores at the close, and no more after it', () => {
    let stored = 0
    const { clock, keeper } = keeperOf(() => stored++)
    keeper.touch()
    keeper.close()
    keeper.touch()
    clock.advance(10_000)
    expect(stored).toBe(1)
    expect(clock.waiting).toBe(0)
  })

  it('says once that the disk refuses, tries again, and says once that it works', () => {
    let refusals = 3
    const { clock, log, keeper } = keeperOf(() => {
      if (refusals-- > 0) throw full
    })
    keeper.touch()
    clock.advance(5000)
    expect(log.of('warn')).toHaveLength(1)
    expect(log.of('info')).toEqual(['Positions are stored again.'])
  })

  it('waits longer where storing takes long', () => {
    let stored = 0
    const { clock, keeper } = keeperOf(() => {
      stored++
      clock.advance(100)
    })
    keeper.touch()
    clock.advance(250)
    keeper.touch()
    clock.advance(1900)
    expect(stored).toBe(1)
    clock.advance(200)
    expect(stored).toBe(2)
  })

  it('lets through what is no trouble of the disk', () => {
    const { keeper } = keeperOf(() => {
      throw new Error('broken')
    })
    expect(() => keeper.save()).toThrow('broken')
  })
})
