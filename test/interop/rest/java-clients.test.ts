/** Java clients of the releases between those that CI tries. */
import { beforeAll, describe } from 'vitest'
import * as abilities from '../abilities.ts'
import { sharedBroker } from '../../support/broker.ts'
import { javaProgram } from '../counterparts/java.ts'
import { kafkaClients } from '../counterparts/maven.ts'
import { has } from '../counterparts/toolchain.ts'
import { fillForOldReaders } from '../from-new.ts'
import { clientProgram } from '../program.ts'

const client = 'Apache Kafka Java client'
const isJavaHere = has('javac', 'Java clients')

describe.runIf(isJavaHere).each([
  ['2.8.2', ['zstd', 'transactions']],
  ['1.1.1', ['transactions']],
])('Java %s', (version, more) => {
  const { bootstrap } = sharedBroker()
  const prepare = (at: string) => javaProgram('ModernJava', version, kafkaClients(version), [at, ...more])
  const able = abilities.modern.filter((ability) => more.includes('zstd') || !abilities.zstd.includes(ability))
  clientProgram({ client, version, abilities: able, prepare }, bootstrap)
})

describe.runIf(isJavaHere).each([
  ['0.10.2.2', true],
  ['0.9.0.1', false],
])('Java %s', (version, findsTimes) => {
  const { bootstrap } = sharedBroker()
  beforeAll(() => fillForOldReaders(bootstrap()))
  const prepare = (at: string) =>
    javaProgram('OldJava', version, kafkaClients(version), findsTimes ? [at, 'times'] : [at])
  const able = [...abilities.basics, ...abilities.oldReaders, ...(findsTimes ? abilities.times : [])]
  clientProgram({ client, version, abilities: able, prepare }, bootstrap)
})
