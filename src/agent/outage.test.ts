import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/fakes/clock.ts'
import { RecordingLog } from '../../test/fakes/context.ts'
import { Outage } from './outage.ts'

const outage = () => {
  const clock = new FakeClock()
  const log = new RecordingLog()
  return { clock, log, outage: new Outage(log, clock), said: () => log.lines.map(({ message }) => message) }
}

describe('an outage', () => {
  it('is said once, and its end once', () => {
    const { outage: sink, said } = outage()
    sink.worked('up')
    for (let i = 0; i < 5; i++) sink.failed('down')
    for (let i = 0; i < 5; i++) sink.worked('up')
    expect(said()).toEqual(['down', 'up'])
  })

  it('is said no more than twice a minute when it comes and goes', () => {
    const { outage: channel, said, clock } = outage()
    for (let i = 0; i < 6000; i++) {
      channel.failed('down')
      channel.worked('up')
      clock.advance(10)
    }
    expect(said()).toEqual(['down', 'up', 'down', 'up'])
  })

  it('is said, if late, when it lasts', () => {
    const { outage: sink, said, clock } = outage()
    sink.failed('down')
    sink.worked('up')
    clock.advance(1000)
    sink.failed('down again')
    expect(said()).toEqual(['down', 'up'])
    clock.advance(29_000)
    sink.failed('down again')
    sink.worked('up again')
    expect(said()).toEqual(['down', 'up', 'down again', 'up again'])
  })
})
