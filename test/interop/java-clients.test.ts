/** Java clients: those that negotiate by a program compiled against each, those that do not by two older ones. */
import { beforeAll, describe } from 'vitest'
import * as abilities from './abilities.ts'
import { sharedBroker } from '../support/broker.ts'
import { fillForOldReaders } from './from-new.ts'
import { javaProgram } from './counterparts/java.ts'
import { kafka082, kafkaClients } from './counterparts/maven.ts'
import { has } from './counterparts/toolchain.ts'
import { clientProgram } from './program.ts'

const client = 'Apache Kafka Java client'
const isJavaHere = has('javac', 'Java clients')

describe.runIf(isJavaHere).each([
  ['4.3.1', ['consumer-protocol']],
  ['3.9.1', []],
] as const)('Java %s', (version, more) => {
  const { bootstrap } = sharedBroker()
  const args = ['zstd', 'transactions', ...more]
  const prepare = (at: string) => javaProgram('ModernJava', version, kafkaClients(version), [at, ...args])
  const able = more.length === 0 ? abilities.modern : [...abilities.modern, ...abilities.consumerProtocol]
  clientProgram({ client, version, abilities: able, prepare }, bootstrap)
})

describe.runIf(isJavaHere)('Java 0.10.1.1', () => {
  const { bootstrap } = sharedBroker()
  beforeAll(() => fillForOldReaders(bootstrap()))
  const version = '0.10.1.1'
  const prepare = (at: string) => javaProgram('OldJava', version, kafkaClients(version), [at, 'times'])
  const able = [...abilities.basics, ...abilities.oldReaders, ...abilities.times]
  clientProgram({ client, version, abilities: able, prepare }, bootstrap)
})

describe.runIf(isJavaHere)('Java 0.8.2.2', () => {
  const { bootstrap } = sharedBroker()
  beforeAll(() => fillForOldReaders(bootstrap()))
  const prepare = (at: string) => javaProgram('Java08', '0.8.2.2', kafka082(), at.split(':'))
  const able = [...abilities.basics, ...abilities.oldReaders, ...abilities.first]
  clientProgram({ client: 'Apache Kafka 0.8 producer and SimpleConsumer', version: '0.8.2.2', abilities: able, prepare }, bootstrap) // prettier-ignore
})
