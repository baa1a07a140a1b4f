/** Clients in Python and Go. */
import { describe } from 'vitest'
import * as abilities from './abilities.ts'
import { sharedBroker } from '../support/broker.ts'
import { goProgram } from './counterparts/go.ts'
import { pythonProgram } from './counterparts/python.ts'
import { has } from './counterparts/toolchain.ts'
import { clientProgram } from './program.ts'

const confluent = '2.16.1'
const franz = 'v1.22.2'
const sarama = 'v1.61.1'

describe.runIf(has('python3', 'Python clients'))('confluent-kafka', () => {
  const { bootstrap } = sharedBroker()
  const prepare = (at: string) =>
    pythonProgram('confluent_client', [`confluent-kafka==${confluent}`], [at, 'transactions'])
  const able = [...abilities.modern, ...abilities.consumerProtocol]
  clientProgram({ client: 'confluent-kafka', version: confluent, abilities: able, prepare }, bootstrap)
})

describe.runIf(has('go', 'Go clients'))('in Go', () => {
  describe('franz-go', () => {
    const { bootstrap } = sharedBroker()
    const modules = [`github.com/twmb/franz-go@${franz}`, 'github.com/twmb/franz-go/pkg/kadm@v1.19.0']
    const prepare = (at: string) => goProgram('franz', modules, [at, 'transactions'])
    clientProgram({ client: 'franz-go', version: franz, abilities: abilities.modern, prepare }, bootstrap)
  })

  /** What a program that embeds Sarama says the broker is: an old release, and the newest. */
  describe.each(['1.0.0', '4.0.0'])('Sarama for Kafka %s', (assumed) => {
    const { bootstrap } = sharedBroker()
    const hasZstd = assumed !== '1.0.0'
    const able = abilities.modern.filter((ability) => hasZstd || !abilities.zstd.includes(ability))
    const prepare = (at: string) =>
      goProgram(
        'sarama',
        [`github.com/IBM/sarama@${sarama}`],
        [at, assumed, 'transactions', ...(hasZstd ? ['zstd'] : [])],
      )
    clientProgram({ client: `Sarama, set to ${assumed}`, version: sarama, abilities: able, prepare }, bootstrap)
  })
})
