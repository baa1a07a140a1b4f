import { expect, it } from 'vitest'
import { takeGroupProtocol } from './group-protocol.ts'

const taken = (...settings: (readonly [string, string])[]) => {
  const given = new Map([['client.id', 'c'], ...settings])
  return { ...takeGroupProtocol(given), left: [...given.keys()] }
}

it('is the classic one unless the newer is asked for, in letters of any case', () => {
  expect(taken()).toEqual({ groupProtocol: 'classic', remoteAssignor: undefined, left: ['client.id'] })
  expect(taken(['group.protocol', 'CONSUMER'], ['group.remote.assignor', 'range'])).toEqual({
    groupProtocol: 'consumer',
    remoteAssignor: 'range',
    left: ['client.id'],
  })
})

it.each([
  [[['group.protocol', 'new']], 'Invalid value new for configuration group.protocol: '],
  [[['group.remote.assignor', 'range']], 'group.remote.assignor cannot be set when group.protocol=CLASSIC'],
  [
    [
      ['group.protocol', 'consumer'],
      ['session.timeout.ms', '1'],
    ],
    'session.timeout.ms cannot be set when group.protocol=CONSUMER',
  ],
  [
    [
      ['group.protocol', 'consumer'],
      ['heartbeat.interval.ms', '1'],
    ],
    'heartbeat.interval.ms cannot be set when group.protocol=CONSUMER',
  ],
  [
    [
      ['group.protocol', 'consumer'],
      ['partition.assignment.strategy', 'x'],
    ],
    'partition.assignment.strategy cannot be set when group.protocol=CONSUMER',
  ],
] as const)('%j is refused as by Kafka: %s', (settings, says) => {
  expect(() => taken(...settings)).toThrow(`org.apache.kafka.common.config.ConfigException: ${says}`)
})
