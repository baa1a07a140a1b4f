/** One Apache Kafka 4.3 for all tests of a file, or of a part of it. */
import { afterAll, beforeAll } from 'vitest'
import { type ApacheKafka, startApacheKafka } from './counterparts/apache-kafka.ts'

export interface SharedApacheKafka {
  /** `127.0.0.1:<port>`, once the tests run. */
  readonly bootstrap: () => string
}

/** To be called where tests are defined; it comes before the first of them and goes after the last. The first time of all it is downloaded. */
export const sharedApacheKafka = (): SharedApacheKafka => {
  let kafka: ApacheKafka | undefined
  beforeAll(async () => {
    kafka = await startApacheKafka()
  }, 600_000)
  afterAll(() => kafka?.[Symbol.asyncDispose]())
  return { bootstrap: () => kafka?.bootstrap ?? '' }
}
