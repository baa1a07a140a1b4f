/** More clients in Python and Go. */
import { describe } from 'vitest'
import * as abilities from '../abilities.ts'
import { sharedBroker } from '../../support/broker.ts'
import { goProgram } from '../counterparts/go.ts'
import { pythonProgram } from '../counterparts/python.ts'
import { has } from '../counterparts/toolchain.ts'
import { clientProgram } from '../program.ts'

const { basics, zstd, topics, headers, idempotence, times, transactions } = abilities
/** The libraries for compression are theirs to ask for. */
const codecs = ['python-snappy==0.7.3', 'lz4==4.4.4', 'zstandard==0.25.0', 'crc32c==2.7.1']
const able = [...basics, ...zstd, ...topics, ...headers, ...idempotence, ...times, transactions[0] as string]

describe.runIf(has('python3', 'Python clients')).each([
  ['kafka-python', '3.0.12', 'kafka_python_client'],
  ['aiokafka', '0.14.0', 'aiokafka_client'],
])('%s %s', (client, version, program) => {
  const { bootstrap } = sharedBroker()
  const prepare = (at: string) => pythonProgram(program, [`${client}==${version}`, ...codecs], [at, 'transactions'])
  clientProgram({ client, version, abilities: able, prepare }, bootstrap)
})

describe.runIf(has('go', 'Go clients'))('kafka-go', () => {
  const { bootstrap } = sharedBroker()
  const version = 'v0.4.51'
  const prepare = (at: string) => goProgram('kafkago', [`github.com/segmentio/kafka-go@${version}`], [at])
  const can = [...basics, ...zstd, ...topics, ...headers, ...times]
  clientProgram({ client: 'kafka-go', version, abilities: can, prepare }, bootstrap)
})

describe.runIf(has('go', 'Go clients'))('Sarama for Kafka 2.8.0, its own default', () => {
  const { bootstrap } = sharedBroker()
  const version = 'v1.61.1'
  const prepare = (at: string) =>
    goProgram('sarama', [`github.com/IBM/sarama@${version}`], [at, '2.8.0', 'transactions', 'zstd'])
  clientProgram({ client: 'Sarama, set to 2.8.0', version, abilities: abilities.modern, prepare }, bootstrap)
})
