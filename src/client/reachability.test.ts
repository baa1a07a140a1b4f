import { expect, it } from 'vitest'
import { RecordingLog } from '../../test/fakes/context.ts'
import { Fault } from '../base/faults.ts'
import { isTold } from '../base/told.ts'
import { Reachability } from './reachability.ts'

const away = (addresses: string): Fault =>
  new Fault('BROKER_UNREACHABLE', { addresses, problem: 'connect ECONNREFUSED' })

it('an outage is one WARN and one INFO, for each broker', () => {
  const log = new RecordingLog()
  const reachability = new Reachability(log)
  reachability.answered('a:1')
  for (let tries = 0; tries < 3; tries++) {
    expect(isTold(reachability.failed('a:1', away('a:1')))).toBe(true)
    reachability.failed('b:1', away('b:1'))
  }
  for (let tries = 0; tries < 3; tries++) reachability.answered('a:1')
  expect(log.of('warn')).toEqual([
    expect.stringMatching(
      /^No broker answers at a:1: connect ECONNREFUSED\. Start the broker, .* --broker\. It is tried again\.$/,
    ),
    expect.stringContaining('No broker answers at b:1'),
  ])
  expect(log.of('info')).toEqual(['Broker a:1 answers again.'])
})

it('forgets the oldest of very many brokers', () => {
  const log = new RecordingLog()
  const reachability = new Reachability(log)
  for (let n = 0; n < 1100; n++) reachability.failed(`h:${n}`, away(`h:${n}`))
  reachability.answered('h:0')
  reachability.answered('h:1099')
  expect(log.of('info')).toEqual(['Broker h:1099 answers again.'])
})
