/** Java clients that negotiate, by a program compiled against each. */
import { describe } from 'vitest'
import * as abilities from './abilities.ts'
import { interopBroker } from './broker.ts'
import { javaProgram } from './counterparts/java.ts'
import { jars, kafka43 } from './counterparts/maven.ts'
import { has } from './counterparts/toolchain.ts'
import { clientProgram } from './program.ts'

const modern = [
  ...abilities.basics,
  ...abilities.zstd,
  ...abilities.topics,
  ...abilities.headers,
  ...abilities.idempotence,
  ...abilities.sharing,
  ...abilities.times,
]

const kafka39Clients = (): string =>
  jars('kafka-clients-3.9.1', ['org.apache.kafka:kafka-clients:3.9.1', 'org.slf4j:slf4j-simple:1.7.36'])

describe.runIf(has('javac', 'Java clients')).each([
  ['4.3.1', kafka43],
  ['3.9.1', kafka39Clients],
])('Java %s', (version, classPath) => {
  const { bootstrap } = interopBroker()
  clientProgram(
    {
      client: 'Apache Kafka Java client',
      version,
      abilities: modern,
      prepare: (at) => javaProgram('ModernJava', version, classPath(), [at, 'zstd']),
    },
    bootstrap,
  )
})
